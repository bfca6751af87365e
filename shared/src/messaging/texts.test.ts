import { SegmentedMessage } from 'sms-segments-calculator';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../kernel/text.ts';
import { TEMPLATES } from './rows.ts';
import { linkOf, renderMessage, type TextValues } from './texts.ts';

const usual: TextValues = {
  place: 'Zürich Flughafen',
  number: 'B042',
  counter: '3',
  link: 'https://schalter.example.ch/t#AbCdEfGhIjKlMnOpQrStUv',
};
/** The longest of everything that a manager may type, and an address of a long name. */
const longest: TextValues = {
  place: 'Autovermietung Zürich Flughafen Terminal Zwei, Parkhaus 6 Nord',
  number: 'W1234',
  counter: 'Schalter 12B',
  link: 'https://schalter.autovermietung-beispiel.ch/t#AbCdEfGhIjKlMnOpQrStUv',
};
const every = TEMPLATES.flatMap((template) => LANGUAGES.map((language) => [template, language] as const));

describe.each(every)('[M10] the text "%s" in %s', (template, language) => {
  it.each([
    ['as usual', usual],
    ['at its longest', longest],
  ])('is one segment of the GSM alphabet %s', (_name, values) => {
    const { body, segments } = renderMessage(template, language, values);
    const judged = new SegmentedMessage(body);
    expect(judged.getNonGsmCharacters()).toEqual([]);
    expect(judged.segmentsCount, body).toBe(1);
    expect(segments).toBe(1);
  });

  it('says place, number and link, and the counter when called', () => {
    const { body } = renderMessage(template, language, usual);
    expect(body.startsWith('Zürich Flughafen: ')).toBe(true);
    expect(body).toContain('B042');
    expect(body.endsWith(` ${usual.link}`)).toBe(true);
    expect(/\b3\b/.test(body.replace(usual.link, ''))).toBe(template === 'called');
    expect(linkOf(body)).toBe(usual.link);
  });

  it('has its link within the first hundred characters', () => {
    expect(renderMessage(template, language, usual).body.indexOf('https://')).toBeLessThan(100);
  });

  it('keeps link and number whole where the place has to give way', () => {
    const { body } = renderMessage(template, language, longest);
    expect(body).toContain('W1234');
    expect(body.endsWith(longest.link)).toBe(true);
    expect(body.slice(0, 8)).toBe(longest.place.slice(0, 8));
  });

  it('stays in the alphabet whatever the place and the counter are called', () => {
    const values = { ...usual, place: 'Neuchâtel – Œuvre d’art', counter: 'Prêt 4' };
    const { body } = renderMessage(template, language, values);
    expect(new SegmentedMessage(body).getNonGsmCharacters()).toEqual([]);
    expect(body).toContain("Neuchatel - OEuvre d'art: ");
    expect(renderMessage(template, language, { ...usual, place: 'Цюрих' }).body).not.toMatch(/^[:\s]/);
  });

  it('has no ß', () => expect(renderMessage(template, language, usual).body).not.toContain('ß'));
});

describe('[M10] a link that leaves no room', () => {
  it('costs a second segment and says so, rather than losing the link', () => {
    const link = `https://${'x'.repeat(120)}.ch/t#AbCdEfGhIjKlMnOpQrStUv`;
    const { body, segments } = renderMessage('called', 'de', { ...usual, link });
    expect(body.endsWith(link)).toBe(true);
    expect(segments).toBe(2);
    expect(new SegmentedMessage(body).segmentsCount).toBe(2);
  });
});

describe('the texts, word for word', () => {
  it('are these', () => {
    const all = every.map(([template, language]) => renderMessage(template, language, usual).body);
    expect(all.map((body) => body.slice('Zürich Flughafen: '.length, -usual.link.length - 1))).toEqual([
      'Nummer B042 ist bald an der Reihe. Bitte halten Sie sich bereit.',
      'numéro B042, votre tour approche. Merci de rester à proximité.',
      'numero B042, tra poco tocca a Lei. La preghiamo di restare vicino.',
      'number B042 is coming up soon. Please stay close by.',
      'Nummer B042, bitte zu Schalter 3.',
      'numéro B042, veuillez vous présenter au guichet 3.',
      'numero B042, La preghiamo di venire allo sportello 3.',
      'number B042, please go to counter 3.',
    ]);
  });
});
