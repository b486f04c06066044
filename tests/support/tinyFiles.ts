// The tiny model and corpora as files in a temporary folder.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyGroups, tinyPairs, tinyPlain, writeTinyModel } from './tiny.ts';

export interface TinyFiles {
  folder: string;
  model: string;
  corpora: string;
  sts: string;
}

export function tinyFiles(): TinyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'semblance-test-'));
  const domain = join(folder, 'corpora', 'tiny');
  mkdirSync(domain, { recursive: true });
  writeFileSync(
    join(domain, 'plain.txt'),
    tinyPlain(40)
      .map((group) => `${group.anchor}\n`)
      .join(''),
  );
  writeFileSync(
    join(domain, 'sts.jsonl'),
    tinyGroups(30)
      .map((group) => `${JSON.stringify(group)}\n`)
      .join(''),
  );
  const sts = join(folder, 'pairs.tsv');
  writeFileSync(
    sts,
    tinyPairs(24)
      .map((p) => `${p.score}\t${p.first}\t${p.second}\n`)
      .join(''),
  );
  return { folder, model: writeTinyModel(join(folder, 'model')), corpora: join(folder, 'corpora'), sts };
}
