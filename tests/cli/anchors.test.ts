// All settings of a domain are measured on the same anchors: those of its list, or those that its group files share.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { anchorFiles, commonAnchors } from '../../src/cli/node/files.ts';
import { DEFAULT_CORPORA } from '../../src/cli/startRun.ts';

const corpora = mkdtempSync(join(tmpdir(), 'semblance-anchors-'));
afterAll(() => rmSync(corpora, { recursive: true }));

function domain(name: string, files: Record<string, string[]>): Promise<string[]> {
  mkdirSync(join(corpora, name));
  for (const [file, anchors] of Object.entries(files)) {
    const line = (anchor: string) =>
      file.endsWith('.txt')
        ? anchor
        : JSON.stringify({ anchor, positive: `${anchor} too`, negative: 'other' });
    writeFileSync(join(corpora, name, file), anchors.map((anchor) => `${line(anchor)}\n`).join(''));
  }
  return commonAnchors(anchorFiles(corpora, name));
}

describe('the shared anchors of a domain', () => {
  it('are those of its list, whatever its groups have', async () => {
    const files = { 'anchors.txt': ['a one', 'b two'], 'nli.jsonl': ['a one'], 'sts.jsonl': ['b two'] };
    expect(await domain('listed', files)).toEqual(['a one', 'b two']);
  });

  it('are those that all its group files have, without a list', async () => {
    const files = { 'nli.jsonl': ['a', 'b', 'c'], 'sts.jsonl': ['c', 'b'], 'sup.jsonl': ['b', 'd', 'c'] };
    expect(await domain('shared', { ...files, 'plain.txt': ['a', 'b'] })).toEqual(['b', 'c']);
  });

  it('are none where there is one pattern alone: then all its held-out anchors are measured', async () => {
    expect(await domain('single', { 'nli.jsonl': ['a', 'b'], 'plain.txt': ['a', 'b'] })).toEqual([]);
  });

  it('of the bundled domains are a thousand each', async () => {
    for (const name of ['scenes', 'encyclopedia'])
      expect(await commonAnchors(anchorFiles(DEFAULT_CORPORA, name))).toHaveLength(1000);
  });
});
