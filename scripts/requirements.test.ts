import { describe, expect, it } from 'vitest';
import { findProblems, idsOf, rowsOf, rulesOf } from './requirements.mjs';

const spec = (text: string) => [{ path: 'docs/spec/queue.md', text }];
const test = (text: string) => [{ path: 'shared/src/queue/decide.test.ts', text }];

describe('what is read', () => {
  it('finds rules where a line begins with one, and not where a sentence mentions one', () => {
    const text =
      '# Queue\n- **Q4** one customer per counter\n  - **Q4a** also held\nas **Q9** says\n- **bold** no';
    expect(rulesOf({ path: 'x', text })).toEqual(['Q4', 'Q4a']);
  });

  it('finds every id a name begins with, and none inside it', () => {
    const text = `it('[Q-05] [Q4] two'); it.each(x)("[KI-01, KI-02] %s"); it(\`[ST-03] \${name}\`); it('see [Q9]')`;
    expect(idsOf(text)).toEqual(['Q-05', 'Q4', 'KI-01', 'KI-02', 'ST-03']);
  });

  it('finds the rows of the table, not its head', () => {
    const table =
      '| id | state | where |\n| --- | --- | --- |\n| Q-05 | covered | decide | nobody twice |\n| Q-06 | open | |\n';
    expect(rowsOf(table)).toEqual([
      { id: 'Q-05', state: 'covered', remark: 'decide' },
      { id: 'Q-06', state: 'open', remark: '' },
    ]);
  });
});

describe('what is found wanting', () => {
  it('nothing, where rules, requirements and tests meet', () => {
    const table = '| Q-05 | covered | |\n| Q-17 | open | reports come later |';
    expect(
      findProblems({ specs: spec('- **Q4** a rule'), table, tests: test(`it('[Q-05] [Q4] x')`) }),
    ).toEqual([]);
  });

  it('a rule without a test', () => {
    expect(findProblems({ specs: spec('- **Q4** a rule'), table: '', tests: [] })).toEqual([
      'docs/spec/queue.md: no test carries [Q4].',
    ]);
  });

  it('a test of something nobody asked for', () => {
    const [problem] = findProblems({ specs: [], table: '', tests: test(`it('[Q77] x')`) });
    expect(problem).toContain('[Q77] is neither a rule');
  });

  it('a rule that is stated twice', () => {
    const specs = [...spec('- **Q4** a rule'), { path: 'docs/spec/cash.md', text: '- **Q4** another' }];
    expect(findProblems({ specs, table: '', tests: test(`it('[Q4] x')`) })).toEqual([
      'docs/spec/cash.md: rule Q4 is stated in docs/spec/queue.md already.',
    ]);
  });

  it.each([
    ['| Q-05 | covered | |', '', 'is covered, but no test carries'],
    ['| Q-05 | partly | half |', '', 'is partly, but no test carries'],
    ['| Q-05 | partly | |', `it('[Q-05] x')`, 'is partly without a reason'],
    ['| Q-05 | open | |', '', 'is open without a reason'],
    ['| Q-05 | open | later |', `it('[Q-05] x')`, 'is open, but'],
    ['| Q-05 | done | |', `it('[Q-05] x')`, "has the state 'done'"],
    ['| Q-05 | open | later |\n| Q-05 | open | later |', '', 'is listed twice'],
  ])('a row that does not hold: %s with %s', (table, source, expected) => {
    expect(findProblems({ specs: [], table, tests: test(source) })).toEqual([
      expect.stringContaining(expected),
    ]);
  });
});
