// What is bundled decides what the page can show: a corpus that words alone can solve, or that stands in its own test
// data, would teach the wrong thing without any other test noticing. So the corpora are held to their rules here, and
// every rule is shown to catch what it is for.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../../src/cli/root.ts';
import { BUNDLED, checkCorpora, checkTexts, DATA, printed, type Report } from './check.ts';
import { DOMAINS, readTexts, tokensOf, type CorpusGroup, type Texts } from './read.ts';
import {
  changeGroup,
  changeGroups,
  changePair,
  changePairs,
  dropLast,
  groupsOf,
  linesOf,
  overlap,
  setLine,
  type Spoil,
} from './spoil.ts';

const BUNDLED_TEXTS = readTexts(BUNDLED);
const temporary = mkdtempSync(join(tmpdir(), 'semblance-corpora-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/**
 * A tenth of the corpora, which keeps every rule too: what is spoilt is spoilt in it, because the rules take seconds on
 * all of it.
 */
const COUNTS = { plain: 400, anchors: 100, sts: 100, nli: 100, sup: 100, probe: 60, pairs: 300 };
const SAMPLE = sampleOf(BUNDLED_TEXTS);
const checkSample = (texts: Texts, data?: string) => checkTexts(texts, data, COUNTS);

function sampleOf(texts: Texts): Texts {
  const sample = { ...texts };
  const keep = (name: string, wanted: (line: string) => boolean) =>
    (sample[name] = linesOf(texts, name)
      .filter(wanted)
      .map((line) => `${line}\n`)
      .join(''));
  for (const domain of DOMAINS) {
    const anchors = new Set(
      groupsOf(texts, `${domain}/sts.jsonl`)
        .filter((_, i) => i % 10 === 4)
        .map(({ anchor }) => anchor),
    );
    const all = new Set(linesOf(texts, `${domain}/anchors.txt`));
    let others = COUNTS.plain - anchors.size;
    keep(`${domain}/plain.txt`, (line) => anchors.has(line) || (!all.has(line) && others-- > 0));
    keep(`${domain}/anchors.txt`, (line) => anchors.has(line));
    for (const pattern of ['sts', 'nli', 'sup'])
      keep(`${domain}/${pattern}.jsonl`, (line) => anchors.has((JSON.parse(line) as CorpusGroup).anchor));
  }
  return sample;
}

const brokenRules = ({ broken }: Report) => broken.map(({ rule, where }) => `${rule}: ${where}`);
const everyViolation = ({ broken }: Report) => broken.flatMap(({ violations }) => violations);

describe('the bundled corpora', () => {
  it('keep every rule', () => {
    const report = checkTexts(BUNDLED_TEXTS);
    expect(everyViolation(report)).toEqual([]);
    expect(brokenRules(report)).toEqual([]);
  });

  it.skipIf(DATA === undefined)('hold no sentence of the real data (needs SEMBLANCE_DATA)', () => {
    const report = checkCorpora(BUNDLED, DATA);
    expect(report.findings.map(({ rule }) => rule)).toContain('copied sentences');
    expect(everyViolation(report)).toEqual([]);
  });
});

// --- spoilt copies ---------------------------------------------------------------------------------------------

const FAR = 'Zebrawood cabinets outlast cheaper veneers whenever craftsmen oil them annually.';
const anchors = new Set(linesOf(SAMPLE, 'scenes/anchors.txt'));
const plain = linesOf(SAMPLE, 'scenes/plain.txt');
/** Plain sentences of the scenes that no group begins with, and where they stand. */
const free = plain.flatMap((text, index) => (anchors.has(text) ? [] : [{ text, index }]));
const anAnchor = plain.findIndex((text) => anchors.has(text));
const aLongOne = free.find(({ text }) => tokensOf(text).length >= 12)!;
/** A near copy: one word more. */
const nearCopy = aLongOne.text.replace(/\.$/, ' yesterday.');
const setFree = (text: string) => setLine('scenes/plain.txt', free.at(-1)!.index, text);

/** What is done to the corpora, how, and exactly what must break. */
const SPOILT: [string, Spoil, string[]][] = [
  ['a file that is missing', (texts) => (texts['sts/test.tsv'] = ''), ['count: sts/test.tsv']],
  ['a group less', dropLast('scenes/sup.jsonl'), ['count: scenes/sup.jsonl', 'anchors: scenes/sup.jsonl']],
  ['a pair less', dropLast('sts/dev.tsv'), ['count: sts/dev.tsv']],

  [
    'a line that is no JSON',
    setLine('scenes/sup.jsonl', 3, '{"id": "sc-sup-0004", "anchor'),
    ['fields: all', 'anchors: scenes/sup.jsonl'],
  ],
  [
    'a group without its intermediate sentence',
    changeGroup('scenes/sts.jsonl', 0, () => ({ intermediate: undefined })),
    ['fields: all', 'anchors: scenes/sts.jsonl'],
  ],
  [
    'an empty sentence',
    changeGroup('scenes/sup.jsonl', 9, () => ({ positive: ' ' })),
    ['fields: all', 'anchors: scenes/sup.jsonl'],
  ],
  [
    'no id',
    changeGroup('scenes/nli.jsonl', 9, () => ({ id: undefined })),
    ['fields: all', 'anchors: scenes/nli.jsonl'],
  ],
  [
    'a field too many',
    changeGroup('scenes/nli.jsonl', 9, () => ({ intermediate: FAR })),
    ['fields: all', 'anchors: scenes/nli.jsonl'],
  ],
  [
    "another file's pattern",
    changeGroup('scenes/sup.jsonl', 9, () => ({ pattern: 'nli' })),
    ['fields: all', 'anchors: scenes/sup.jsonl'],
  ],
  ['a pair of one sentence', setLine('sts/dev.tsv', 7, `2.0\t${FAR}`), ['fields: all']],
  [
    'an id of another file',
    (texts) => {
      const { id } = groupsOf(texts, 'encyclopedia/nli.jsonl')[0]!;
      changeGroup('scenes/sup.jsonl', 0, () => ({ id }))(texts);
    },
    ['ids: all'],
  ],

  [
    'a plain sentence of five words',
    setFree('Zebrawood cabinets outlast cheaper veneers.'),
    ['words: scenes/plain.txt'],
  ],
  [
    'a plain sentence of 31 words',
    setFree(Array.from({ length: 31 }, (_, i) => `word${i}`).join(' ')),
    ['words: scenes/plain.txt'],
  ],
  [
    'a sentence of 33 words',
    changeGroup('scenes/sup.jsonl', 5, () => ({
      positive: Array.from({ length: 33 }, (_, i) => `word${i}`).join(' '),
    })),
    ['words: scenes/sup.jsonl'],
  ],

  [
    'an anchor that is no plain sentence',
    setLine('scenes/plain.txt', anAnchor, FAR),
    ['anchors: scenes/sts.jsonl', 'anchors: scenes/nli.jsonl', 'anchors: scenes/sup.jsonl'],
  ],
  [
    'a group of an anchor that the other patterns do not have',
    changeGroup('scenes/nli.jsonl', 3, () => ({ anchor: free[0]!.text })),
    ['anchors: scenes/nli.jsonl'],
  ],
  [
    'a probe group whose anchor is trained on',
    changeGroup('scenes/probe.jsonl', 3, () => ({ anchor: free[0]!.text, grade: 'medium' })),
    ['anchors: scenes/probe.jsonl', 'group grades: scenes/probe.jsonl'],
  ],
  [
    'a positive that is its anchor',
    changeGroup('scenes/sup.jsonl', 5, ({ anchor }) => ({ positive: anchor.toUpperCase() })),
    ['duplicates: scenes'],
  ],
  ['a plain sentence twice', setFree(free[0]!.text), ['duplicates: scenes', 'near-duplicates: scenes']],
  [
    'an anchor twice in plain.txt',
    setFree(plain[anAnchor]!),
    ['duplicates: scenes', 'near-duplicates: scenes'],
  ],
  ['a plain sentence with one word more', setFree(nearCopy), ['near-duplicates: scenes']],
  [
    'a group that nearly repeats a plain sentence',
    changeGroup('scenes/nli.jsonl', 5, () => ({ positive: nearCopy })),
    ['near-duplicates: scenes'],
  ],
  [
    'a scored sentence that nearly stands in the training data',
    changePair('sts/dev.tsv', 5, { second: nearCopy }),
    ['near-duplicates: sts pairs and all'],
  ],
  [
    'a pair of dev that is in test',
    (texts) => {
      const last = linesOf(texts, 'sts/dev.tsv').at(-1)!;
      setLine('sts/test.tsv', 299, last)(texts);
    },
    ['near-duplicates: sts pairs and all'],
  ],

  [
    'an opening in more than a hundredth of the sentences',
    changeGroups('scenes/nli.jsonl', ({ positive }, i) =>
      i < 20 ? { positive: `Somewhere far away ${positive.split(' ').slice(0, 24).join(' ')}` } : {},
    ),
    ['openings: scenes'],
  ],
  [
    'groups that words alone solve',
    changeGroups('encyclopedia/sts.jsonl', ({ anchor, positive, negative }) =>
      overlap(anchor, negative) > overlap(anchor, positive)
        ? { positive: negative, negative: positive, grade: 'medium' }
        : {},
    ),
    ['group grades: encyclopedia/sts.jsonl'],
  ],
  [
    'a grade that is not the one of the words',
    changeGroup('encyclopedia/sts.jsonl', 7, ({ grade }) => ({ grade: grade === 'easy' ? 'hard' : 'easy' })),
    ['group grades: encyclopedia/sts.jsonl'],
  ],
  [
    'contradictions by negation',
    changeGroups('encyclopedia/nli.jsonl', ({ negative }, i) =>
      i < 6 ? { negative: negative.replace(/\.$/, i % 2 ? ", didn't it." : ', not here.') } : {},
    ),
    ['negated contradictions: encyclopedia/nli.jsonl'],
  ],

  ['a grade between the steps', changePair('sts/dev.tsv', 0, { score: '2.7' }), ['grades: sts/dev.tsv']],
  [
    'a grade above the highest',
    changePairs('sts/dev.tsv', (rows) =>
      rows.map((row) => (row.score === '5.0' ? { ...row, score: '5.2' } : row)),
    ),
    ['grades: sts/dev.tsv'],
  ],
  [
    'more pairs of some grades than of others',
    changePairs('sts/test.tsv', (rows) =>
      rows.map((row) => (row.score === '0.8' || row.score === '0.6' ? { ...row, score: '1.0' } : row)),
    ),
    ['pairs per grade: sts/test.tsv'],
  ],
  [
    'scores that word overlap tells',
    changePairs('sts/dev.tsv', (rows) => {
      const scores = rows.map(({ score }) => score).sort((a, b) => Number(a) - Number(b));
      const byOverlap = rows.toSorted((a, b) => overlap(a.first, a.second) - overlap(b.first, b.second));
      return byOverlap.map((row, i) => ({ ...row, score: scores[i]! }));
    }),
    ['Spearman of word overlap: sts/dev.tsv'],
  ],
];

describe('the checker', () => {
  it.each(SPOILT)('catches %s', (_, spoil, expected) => {
    const texts = { ...SAMPLE };
    spoil(texts);
    expect(brokenRules(checkSample(texts))).toEqual(expected);
  });

  it('is shown to catch a breach of every rule', () => {
    const rules = new Set(checkSample(SAMPLE).findings.map(({ rule }) => rule));
    const caught = new Set(SPOILT.flatMap(([, , broken]) => broken.map((name) => name.split(':')[0])));
    expect([...caught].sort()).toEqual([...rules].sort());
  });

  it('lets the sentences of one group be as alike as they are meant to be', () => {
    const texts = { ...SAMPLE };
    const barelyChanged = ({ anchor }: CorpusGroup) => ({ negative: anchor.replace(/\.$/, ' yesterday.') });
    changeGroup('scenes/sup.jsonl', 5, barelyChanged)(texts);
    expect(brokenRules(checkSample(texts))).toEqual([]);
  });
});

// --- beside real data -------------------------------------------------------------------------------------------

/** A folder laid out as the real data is, with next to nothing in it. */
function dataFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(temporary, 'data-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const REAL = {
  'wiki/sentences.txt': `${FAR}\n`,
  'nli/snli-dev.tsv': `entailment\t${FAR}\tCabinets last.\ncontradiction\t${FAR}\tCabinets rot.\n`,
  'sts/stsb/dev.tsv': `5.0\t${FAR}\t${FAR}\n0.0\t${FAR}\tIt rains.\n`,
};

describe('beside real data', () => {
  it('finds nothing copied where nothing is, and shows the numbers of both', () => {
    const report = checkSample(SAMPLE, dataFolder(REAL));
    expect(brokenRules(report)).toEqual([]);
    const lines = printed(report);
    expect(lines.find((line) => line.startsWith('wiki'))).toMatch(/ 1 +10 +10 +1\.000 +-$/);
    expect(lines.find((line) => line.startsWith('STS-B dev'))).toMatch(/ 1 +0\.000 +1 +1\.000$/);
  });

  it.each(['wiki/more.txt', 'nli/sick.tsv', 'sts/sickr/train.tsv', 'transfer/MR.tsv'])(
    'finds a copied sentence in %s, whatever its case and spaces',
    (name) => {
      const { text, index } = free[7]!;
      const copy = text.toUpperCase().replaceAll(' ', '  ');
      const data = dataFolder({ ...REAL, [name]: `1\t${FAR}\n0\t${copy}\n` });
      const report = checkSample(SAMPLE, data);
      expect(brokenRules(report)).toEqual(['copied sentences: real data']);
      expect(everyViolation(report)).toEqual([`scenes/plain.txt:${index + 1} stands in ${name}:2: ${text}`]);
    },
  );

  it('says which file the folder lacks', () => {
    expect(() => checkCorpora(BUNDLED, dataFolder({ 'wiki/sentences.txt': FAR }))).toThrow(
      /SEMBLANCE_DATA is set, but there is no .*snli-dev\.tsv/,
    );
  });
});

describe('npm run corpora:check', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tests/corpora/check.ts', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, SEMBLANCE_DATA: '' },
    });

  it('prints the table and leaves with 0', () => {
    const { status, stdout, stderr } = run();
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^rule +where +measured +limit\n/);
    expect(stdout).toMatch(/Spearman of word overlap +sts\/dev\.tsv +0\.\d{3} +< 0\.60 +ok\n/);
    expect(stdout).not.toContain('BROKEN');
  });

  it('names what is broken and leaves with 1', () => {
    const folder = join(temporary, 'copy');
    cpSync(BUNDLED, folder, { recursive: true });
    const texts = readTexts(folder);
    setFree(nearCopy)(texts);
    writeFileSync(join(folder, 'scenes/plain.txt'), texts['scenes/plain.txt']!);
    const { status, stdout } = run(folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/near-duplicates +scenes +highest Jaccard 0\.\d{3} +<= 0\.60 +BROKEN\n/);
    expect(stdout).toContain(nearCopy);
  });
});
