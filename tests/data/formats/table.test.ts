// Every complaint about a corpus names a line. So lines must be counted as an editor counts them: with blank lines,
// with cells that run over several lines, and after a quote that somebody forgot to close.
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { cleanText, csvRows, textLines, tsvRows } from '../../../src/data/formats/table.ts';
import { Failure } from '../../../src/util/failure.ts';

fc.configureGlobal({ seed: 21, numRuns: 300 });

/** Rows and errors of a CSV text. */
function read(text: string) {
  const errors: { line: number; reason: string }[] = [];
  const rows = csvRows(text, (line, reason) => errors.push({ line, reason }));
  return { rows, errors };
}

describe('cleanText', () => {
  it('takes the byte order mark away, and nothing else', () => {
    expect(cleanText('\uFEFFa\uFEFFb\r\n', 'a.txt')).toBe('a\uFEFFb\r\n');
  });

  it('refuses what is not text', () => {
    expect(() => cleanText('PNG\u0000\u0000', 'a.txt')).toThrow(
      new Failure('a.txt is not a text file (it holds zero bytes).'),
    );
  });
});

describe('textLines', () => {
  it('counts lines of every kind from 1 and passes over the blank ones', () => {
    expect(textLines('one\r\n\r\n three \n \t\nfive\rsix')).toEqual([
      { line: 1, text: 'one' },
      { line: 3, text: ' three ' },
      { line: 5, text: 'five' },
      { line: 6, text: 'six' },
    ]);
  });
});

describe('tsvRows', () => {
  it('takes quotes and commas as they are', () => {
    expect(tsvRows('"He said, "no""\t"open\n\nsecond\tb \t\n')).toEqual([
      { line: 1, cells: ['"He said, "no""', '"open'] },
      { line: 3, cells: ['second', 'b', ''] },
    ]);
  });
});

describe('csvRows', () => {
  it.each(['\n', '\r\n', '\r'])('numbers rows by the line they begin on (line end %j)', (end) => {
    const text = ['a,b', '"x, and', 'y",z', '', '"say ""hi""",w', ' c , d '].join(end);
    expect(read(text)).toEqual({
      rows: [
        { line: 1, cells: ['a', 'b'] },
        { line: 2, cells: ['x, and\ny', 'z'] },
        { line: 5, cells: ['say "hi"', 'w'] },
        { line: 6, cells: ['c', 'd'] },
      ],
      errors: [],
    });
  });

  it('passes over rows without any content', () => {
    expect(read(',,\n\n"",\na,b\n')).toEqual({ rows: [{ line: 4, cells: ['a', 'b'] }], errors: [] });
  });

  it('understands bare quotes within one line', () => {
    expect(read('"He said "hi" to me",b\n6\'2" tall,c\n').rows).toEqual([
      { line: 1, cells: ['He said "hi" to me', 'b'] },
      { line: 2, cells: ['6\'2" tall', 'c'] },
    ]);
  });

  it.each([
    ['at the end', 'a,b\n"open,c\nd,e\nf,g\n', [1, 3, 4]],
    ['before a good quote', 'a,b\n"open,c\n"d",e\nf,g', [1, 3, 4]],
    ['after a closed one', 'a,b\n"closed" x,c\n"d",e\nf,g', [1, 3, 4]],
    ['on the last line', 'a,b\nd,e\nf,g\n"open,c', [1, 2, 3]],
  ])('loses only the line of a quote that is left open %s', (_, text, lines) => {
    const { rows, errors } = read(text);
    const opened = [1, 2, 3, 4].find((line) => !lines.includes(line));
    expect(rows.map(({ line }) => line)).toEqual(lines);
    expect(rows.every(({ cells }) => cells.length === 2)).toBe(true);
    expect(errors).toEqual([{ line: opened, reason: 'a quote is opened and not closed' }]);
  });

  it('stays quick when every line is broken', () => {
    const broken = Array.from({ length: 5000 }, (_, i) => `"open ${i},b`).join('\n');
    const { rows, errors } = read(broken);
    expect([rows.length, errors.length]).toEqual([0, 5000]);
  });

  it('reads what is called .csv and parted by tabs or semicolons', () => {
    expect(read('a\t"b, c\nd\te\n').rows.map(({ cells }) => cells)).toEqual([
      ['a', '"b, c'],
      ['d', 'e'],
    ]);
    expect(read('sent0;sent1\n"a; b";c, d\n').rows.map(({ cells }) => cells)).toEqual([
      ['sent0', 'sent1'],
      ['a; b', 'c, d'],
    ]);
  });

  it('gives back whatever a CSV writer wrote', () => {
    const piece = fc.constantFrom('a', 'Be', '"', '""', ',', ';', '\n', ' ', "'", 'é', '雪');
    const cell = fc.array(piece, { maxLength: 8 }).map((parts) => `x${parts.join('')}x`);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 10 }), (body) => {
        const table = [['sent0', 'sent1', 'hard_neg'], ...body];
        const { rows, errors } = read(Papa.unparse(table, { newline: '\n' }));
        expect(errors).toEqual([]);
        expect(rows.map(({ cells }) => cells)).toEqual(table);
        let line = 1;
        rows.forEach((row, i) => {
          expect(row.line).toBe(line);
          line += 1 + table[i]!.join('').split('\n').length - 1;
        });
      }),
    );
  });
});
