/** What nobody around should hear: a typed number or name. */
const PRIVATE = '[data-private]';
const SILENT = '[aria-hidden="true"], .movers';
const BLOCKS = 'button, h1, h2, p, li, label, [role="status"], [role="alert"]';

/** A pause where the next thing begins. */
const sentence = (text: string): string => {
  const trimmed = text.replace(/\s+/g, ' ').trim();
  return trimmed === '' || /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
};

/** What is on the screen, as somebody would read it out: visible texts and names in their order. */
export function spokenText(root: Element): string {
  const parts: string[] = [];
  const walk = (node: Node): void => {
    if (node instanceof Text) {
      parts.push(node.data);
      return;
    }
    if (!(node instanceof Element) || node.matches(SILENT) || node.matches(PRIVATE)) return;
    if (node instanceof HTMLElement && !node.checkVisibility()) return;
    const label = node.getAttribute('aria-label');
    const isBlock = node.matches(BLOCKS);
    if (isBlock) parts.push('\n');
    // A keyboard is named, not spelled.
    if (label !== null) parts.push(label);
    else node.childNodes.forEach(walk);
    if (isBlock) parts.push('\n');
    else parts.push(' ');
  };
  walk(root);
  return parts
    .join('')
    .split('\n')
    .map(sentence)
    .filter((text) => text !== '')
    .join(' ');
}
