// Reads the user's files in Node (models, corpora, evaluation sets), with a clear error when something is missing.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { LineError, Group, GroupPattern, ScoredPair } from '../../data/group.ts';
import { readGroups } from '../../data/formats/groups.ts';
import { readScoredPairs } from '../../data/formats/scoredPairs.ts';
import { loadModel, type LoadedModel } from '../../encoder/folder.ts';
import type { FolderReader } from '../../encoder/folderReader.ts';
import { isZip, zipFolder } from '../../encoder/zip.ts';
import { PATTERNS, type Setting } from '../../run/settings.ts';
import { Failure } from '../../util/failure.ts';

export function folderReader(path: string): FolderReader {
  return {
    name: path,
    async read(file) {
      const full = join(path, file);
      return existsSync(full) ? new Uint8Array(await readFile(full)) : undefined;
    },
  };
}

/** Loads a model. @throws Failure when the folder (or .zip of one) does not exist or contains no usable model */
export async function openModel(path: string): Promise<LoadedModel> {
  if (!existsSync(path)) throw new Failure(`There is no model folder ${path}.`);
  if (statSync(path).isDirectory()) return loadModel(folderReader(path));
  const bytes = new Uint8Array(await readFile(path));
  if (extname(path) !== '.zip' && !isZip(bytes))
    throw new Failure(`${path} is a file; a model is a folder with config.json and model.safetensors.`);
  return loadModel(zipFolder(path, bytes));
}

/** Maximum size of a text file in bytes: a string in Node has at most 2^29 characters. */
const MAX_TEXT_FILE = 500_000_000;

/** @throws Failure when the file is missing, a folder, too large, or not UTF-8 text. */
export async function readText(path: string): Promise<string> {
  if (!existsSync(path)) throw new Failure(`There is no file ${path}.`);
  if (statSync(path).isDirectory()) throw new Failure(`${path} is a folder, not a file.`);
  const { size } = statSync(path);
  if (size > MAX_TEXT_FILE) throw new Failure(`${path} has ${size} bytes; the maximum is ${MAX_TEXT_FILE}.`);
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${path} is not UTF-8 text.`);
  }
}

export interface LoadedGroups {
  groups: Group[];
  errors: LineError[];
  files: string[];
}

/** Reads group files; ids are made unique across files. */
export async function loadGroups(paths: readonly string[], pattern?: GroupPattern): Promise<LoadedGroups> {
  const loaded: LoadedGroups = { groups: [], errors: [], files: [...paths] };
  const seen = new Set<string>();
  for (const path of paths) {
    const { groups, errors } = readGroups(path, await readText(path), { pattern });
    if (groups.length === 0) {
      const first = errors[0];
      throw new Failure(
        `${path} holds no usable sentence group (line ${first?.line ?? 1}: ${first?.reason ?? 'nothing'}).`,
      );
    }
    for (const group of groups) {
      let id = group.id;
      for (let n = 2; seen.has(id); n++) id = `${group.id}#${n}`;
      seen.add(id);
      loaded.groups.push({ ...group, id });
    }
    for (const error of errors) loaded.errors.push(error);
  }
  return loaded;
}

const EXTENSIONS = ['.jsonl', '.txt', '.tsv', '.csv'];

/** The files of a domain folder that a setting reads: plain.* and {groups}.*. */
export function domainFiles(corpora: string, setting: Setting): string[] {
  const folder = domainFolder(corpora, setting.domain);
  const pattern = PATTERNS[setting.pattern];
  const stems = [...(pattern.plain ? ['plain'] : []), ...('groups' in pattern ? [pattern.groups] : [])];
  return stems.map((stem) => {
    const file = findFile(folder, stem);
    if (file === undefined)
      throw new Failure(
        `Setting ${setting.domain}.${setting.pattern} needs ${join(folder, stem)}.jsonl (or .txt, .tsv, .csv), which does not exist.`,
      );
    return file;
  });
}

/**
 * The files whose common anchors all settings of a domain are measured on: anchors.*, or else the group files of the
 * folder if there are several patterns.
 */
export function anchorFiles(corpora: string, domain: string): string[] {
  const folder = domainFolder(corpora, domain);
  const list = findFile(folder, 'anchors');
  if (list !== undefined) return [list];
  const groups = GROUP_STEMS.flatMap((stem) => findFile(folder, stem) ?? []);
  return groups.length > 1 ? groups : [];
}

const GROUP_STEMS = ['nli', 'sts', 'sup'] as const satisfies readonly GroupPattern[];

/** The anchors that are in all of these files. */
export async function commonAnchors(paths: readonly string[]): Promise<string[]> {
  const sets = await Promise.all(
    paths.map(async (path) => new Set((await loadGroups([path])).groups.map(({ anchor }) => anchor))),
  );
  const [first = new Set<string>(), ...others] = sets;
  return [...first].filter((anchor) => others.every((set) => set.has(anchor)));
}

function findFile(folder: string, stem: string): string | undefined {
  return EXTENSIONS.map((extension) => join(folder, stem + extension)).find((path) => existsSync(path));
}

/** @throws Failure when there is no such folder, naming those that exist */
function domainFolder(corpora: string, domain: string): string {
  if (existsSync(corpora) && !statSync(corpora).isDirectory())
    throw new Failure(`${corpora} is a file; --corpora takes a folder of domains.`);
  const folder = join(corpora, domain);
  if (existsSync(folder)) return folder;
  const known = existsSync(corpora)
    ? readdirSync(corpora).filter((name) => statSync(join(corpora, name)).isDirectory() && name !== 'sts')
    : [];
  throw new Failure(
    `There is no corpus folder ${folder}; ${known.length ? `${corpora} has ${known.join(', ')}` : `${corpora} has none`}.`,
  );
}

/** Reads the scored pairs of one file. */
export async function loadPairs(path: string): Promise<{ pairs: ScoredPair[]; errors: LineError[] }> {
  return readScoredPairs(path, await readText(path));
}

/** A named evaluation set: a file, or a folder of subsets that are scored together. */
export interface EvaluationSet {
  name: string;
  subsets: { name: string; pairs: ScoredPair[] }[];
}

/**
 * Loads the evaluation sets of a path: a file is one set, a folder of files is one set with subsets, and a folder of
 * folders is one set per folder (sts12/MSRpar.tsv ...).
 */
export async function loadEvaluationSets(
  path: string,
): Promise<{ sets: EvaluationSet[]; errors: LineError[] }> {
  if (!existsSync(path)) throw new Failure(`There is no file or folder ${path}.`);
  const errors: LineError[] = [];
  const read = async (file: string) => {
    const loaded = await loadPairs(file);
    for (const error of loaded.errors) errors.push(error);
    return { name: basename(file, extname(file)), pairs: loaded.pairs };
  };
  if (!statSync(path).isDirectory()) {
    const subset = await read(path);
    return { sets: [{ name: subset.name, subsets: [subset] }], errors };
  }
  const inside = readdirSync(path).sort();
  const files = inside.filter((name) => /\.(tsv|csv)$/.test(name));
  const folders = inside.filter((name) => statSync(join(path, name)).isDirectory());
  const sets: EvaluationSet[] = [];
  if (files.length)
    sets.push({
      name: basename(path),
      subsets: await Promise.all(files.map((file) => read(join(path, file)))),
    });
  for (const folder of folders) {
    const inner = await loadEvaluationSets(join(path, folder));
    sets.push(...inner.sets);
    for (const error of inner.errors) errors.push(error);
  }
  if (sets.length === 0) throw new Failure(`${path} holds no .tsv or .csv file of scored pairs.`);
  return { sets, errors };
}
