// Every preset says what to watch. Each claim of its sentence is held to the preset's recorded run, and the record to what
// the page would train now. A claim is a quotation of the sentence: another wording, or another result, is one line here.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../../src/app/desk/presets.ts';
import { t } from '../../../src/app/messages/t.ts';
import { fingerprint } from '../../../src/cli/recordedPresets.ts';
import { root } from '../../../src/cli/root.ts';
import { PRESET_IDS, presetRun, type PresetId } from '../../../src/run/presets.ts';
import { settingName } from '../../../src/run/settings.ts';
import { COMMAND, otherFiles, PresetRun, recorded, recordErrors } from './presetRecords.ts';

const RUNS = Object.fromEntries(PRESET_IDS.map((id) => [id, new PresetRun(id)])) as Record<
  PresetId,
  PresetRun
>;
/** The run that the page starts with; the sentences compare with it. */
const usual = RUNS.hierarchical;

const { batch } = presetRun('collapse').config;
const guessing = Math.log(batch);

const MEASURES = ['alignment-train', 'alignment-eval', 'uniformity-train', 'uniformity-eval'] as const;

/** For each quotation of a preset's sentence, what its run must show. */
const CLAIMS: Record<PresetId, Record<string, (run: PresetRun) => void>> = {
  hierarchical: {
    'hard negatives start as near to their anchor as intermediates': (run) =>
      expect(run.cosine('negative', 'before')).toBeGreaterThan(run.cosine('intermediate', 'before') - 0.05),
    'are pushed away from it': (run) =>
      expect(run.cosine('negative', 'after')).toBeLessThan(run.cosine('negative', 'before') - 0.1),
    'positives stay nearest': (run) => {
      for (const when of ['before', 'after'] as const)
        expect(run.cosine('positive', when)).toBeGreaterThan(run.cosine('intermediate', when));
    },
    'end between the two': (run) => {
      expect(run.cosine('intermediate', 'after')).toBeLessThan(run.cosine('positive', 'after'));
      expect(run.cosine('intermediate', 'after')).toBeGreaterThan(run.cosine('negative', 'after'));
    },
  },
  unsupervised: {
    'held-out alignment (solid) stays far below evaluation (dashed)': (run) =>
      run
        .values('alignment-train')
        .forEach((value, i) => expect(value).toBeLessThan(0.75 * (run.values('alignment-eval')[i] ?? NaN))),
    'RFD, the area between them, is negative': (run) => expect(run.rfd('alignment')).toBeLessThan(-0.1),
  },
  supervised: {
    'solid alignment lies above the dashed line': (run) =>
      run
        .values('alignment-train')
        .forEach((value, i) => expect(value).toBeGreaterThan(run.values('alignment-eval')[i] ?? NaN)),
    'RFD is positive': (run) => expect(run.rfd('alignment')).toBeGreaterThan(0.05),
  },
  paperValues: {
    "STS starts lower than with the page's values": (run) =>
      expect(run.start('sts')).toBeLessThan(usual.start('sts')),
    'and ends lower': (run) => expect(run.end('sts')).toBeLessThan(usual.end('sts')),
    'about where frozen embeddings and [CLS] alone bring it': (run) =>
      expect(Math.abs(run.end('sts') - RUNS.paperEncoder.end('sts'))).toBeLessThan(
        (usual.end('sts') - run.end('sts')) / 2,
      ),
    'positives and hard negatives end closer together': (run) =>
      expect(run.cosine('positive', 'after') - run.cosine('negative', 'after')).toBeLessThan(
        (usual.cosine('positive', 'after') - usual.cosine('negative', 'after')) / 2,
      ),
  },
  paperEncoder: {
    'STS starts far lower than with the mean of the tokens': (run) =>
      expect(run.start('sts')).toBeLessThan(usual.start('sts') / 2),
    'make the loss fall': (run) =>
      expect(run.plainLosses().at(-1)).toBeLessThan(Math.max(...run.plainLosses()) / 2),
    'alignment and uniformity move less': (run) => {
      for (const quantity of MEASURES) expect(run.moved(quantity)).toBeLessThan(usual.moved(quantity));
    },
    'STS, which rises': (run) => expect(run.end('sts')).toBeGreaterThan(run.start('sts') + 0.05),
    'ends lower': (run) => expect(run.end('sts')).toBeLessThan(usual.end('sts')),
  },
  hot: {
    'everything spreads': (run) => {
      for (const split of ['uniformity-train', 'uniformity-eval'] as const)
        expect(run.end(split)).toBeLessThan(run.start(split));
    },
    'Uniformity ends lower than usual': (run) =>
      expect(run.end('uniformity-train')).toBeLessThan(usual.end('uniformity-train')),
    'alignment ends higher': (run) =>
      expect(run.end('alignment-train')).toBeGreaterThan(usual.end('alignment-train')),
    'intermediates, the contrastive positives of this setting, are pushed apart too': (run) =>
      expect(run.cosine('intermediate', 'after')).toBeLessThan(usual.cosine('intermediate', 'after')),
    'The loss stays high': (run) =>
      expect(Math.min(...run.plainLosses())).toBeGreaterThan(Math.max(...usual.plainLosses().slice(1))),
    'STS rises all the same': (run) => expect(run.end('sts')).toBeGreaterThan(run.start('sts')),
  },
  cold: {
    'in batches without groups the loss is soon zero': (run) =>
      expect(Math.max(...run.plainLosses().slice(2))).toBeLessThan(0.005),
    'uniformity rises': (run) => {
      for (const split of ['uniformity-train', 'uniformity-eval'] as const)
        expect(run.end(split)).toBeGreaterThan(run.start(split));
    },
    'alignment falls': (run) => {
      for (const split of ['alignment-train', 'alignment-eval'] as const)
        expect(run.end(split)).toBeLessThan(run.start(split));
    },
    'even hard negatives come nearer': (run) =>
      expect(run.cosine('negative', 'after')).toBeGreaterThan(run.cosine('negative', 'before')),
    'STS ends lower than at the usual temperature': (run) =>
      expect(run.end('sts')).toBeLessThan(usual.end('sts')),
  },
  shuffle: {
    'RFD is negative': (run) => expect(run.rfd('alignment')).toBeLessThan(-0.1),
    'held-out alignment ends almost as low as for two views in the same order': (run) =>
      expect(run.end('alignment-train')).toBeLessThan(1.25 * RUNS.unsupervised.end('alignment-train')),
    'the encoder learns that order hardly matters': (run) =>
      expect(run.end('alignment-train') / RUNS.unsupervised.end('alignment-train')).toBeLessThan(
        run.start('alignment-train') / RUNS.unsupervised.start('alignment-train'),
      ),
  },
  noDropout: {
    'held-out alignment is exactly zero from the start': (run) =>
      expect(new Set(run.values('alignment-train'))).toEqual(new Set([0])),
    'uniformity is left to learn': (run) =>
      expect(run.end('uniformity-train')).toBeLessThan(run.start('uniformity-train') - 0.5),
  },
  collapse: {
    'alignment and uniformity go to zero together': (run) => {
      for (const quantity of MEASURES)
        expect(Math.abs(run.end(quantity))).toBeLessThan(0.1 * Math.abs(run.start(quantity)));
    },
    'every sentence is mapped to one point': (run) =>
      expect(run.end('uniformity-eval')).toBeGreaterThan(-0.1),
    [`the loss rises to ln ${batch} = ${guessing.toFixed(2)}`]: (run) =>
      expect(run.start('loss')).toBeLessThan(guessing - 0.5),
    'and stays near it': (run) => {
      for (const loss of run.values('loss').slice(1)) expect(Math.abs(loss - guessing)).toBeLessThan(0.4);
    },
  },
};

describe.each(PRESETS)('preset $id', ({ id, watchKey }) => {
  const { record } = RUNS[id];
  const claims = Object.entries(CLAIMS[id]);
  const again = `the record of preset ${id} is not of what the page trains now; make it again: ${COMMAND}`;

  it('has a record of what the page would train now', () => {
    const { setting, config } = presetRun(id);
    expect(recordErrors(id), again).toEqual([]);
    expect(record.header?.setting, again).toBe(settingName(setting));
    expect(record.header?.config, again).toEqual(config);
    const ends = record.events.flatMap((event) => (event.type === 'end' ? [event.reason] : []));
    expect(ends, again).toEqual(['finished']);
    expect(Object.keys(recorded.files), again).toEqual(
      expect.arrayContaining(record.header?.corpus.files ?? ['a record']),
    );
  });

  it.each(claims)('"%s"', (quotation, holds) => {
    expect(t(watchKey), 'the sentence does not say this; claims quote it').toContain(quotation);
    holds(RUNS[id]);
  });
});

describe('the records of the presets', () => {
  it('are of the present encoder and corpora', () => {
    const paths = Object.keys(recorded.files);
    expect(paths).toContain('models/pocket/model.safetensors');
    const now = Object.fromEntries(paths.map((path) => [path, fingerprint(join(root, path))]));
    expect(now, `files have changed since the presets were recorded; ${COMMAND}`).toEqual(recorded.files);
  });

  it('are all of presets', () => expect(otherFiles()).toEqual([]));
});
