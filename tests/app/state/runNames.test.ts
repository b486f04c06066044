// A run that nobody named must still be told from the others at a glance.
import { describe, expect, it } from 'vitest';
import {
  automaticName,
  branchName,
  cleanName,
  settingWords,
  distinguishingValues,
  uniqueName,
} from '../../../src/app/state/runNames.ts';
import { seedReplicates } from '../../../src/app/state/seedReplicates.ts';
import { BASE, header } from '../compare/records.ts';

describe('the name of a run', () => {
  it('is what differs from the page’s defaults', () => {
    expect(automaticName(header({ temperature: 0.1, seed: 7 }), BASE)).toBe('temperature 0.1, seed 7');
    expect(automaticName(header({ freezeEmbeddings: true, margins: [0.1, 0.2] }), BASE)).toMatch(
      /^margins 0.1 \/ 0.2, freeze embeddings on$/,
    );
  });

  it('is the setting when nothing differs, and begins with it when it does', () => {
    expect(automaticName(header(), BASE)).toBe('scenes, STS pattern + HT');
    expect(automaticName(header({ seed: 1 }, { setting: 'encyclopedia.dropout' }), BASE)).toBe(
      'encyclopedia, dropout, seed 1',
    );
    expect(settingWords('something else')).toBe('something else');
    expect(settingWords('elsewhere.nli')).toBe('elsewhere, NLI pattern');
  });

  it('counts what would make it too long', () => {
    const many = header({
      temperature: 0.1,
      seed: 7,
      batch: 8,
      dropout: 0.2,
      beta: 2,
      steps: 10,
      pooling: 'cls',
    });
    expect(automaticName(many, BASE)).toMatch(/^temperature 0.1, beta 2, .* and 3 more$/);
    const five = header({ temperature: 0.1, seed: 7, batch: 8, dropout: 0.2, beta: 2 });
    expect(automaticName(five, BASE)).not.toContain('more');
  });

  it('does not mind where the encoder’s folder lay', () => {
    const model = { ...header().model, name: 'models/pocket' };
    expect(automaticName(header({ seed: 1 }, { model }), BASE)).toBe('seed 1');
    expect(automaticName(header({}, { model: { ...model, name: '/x/other' } }), BASE)).toBe('other');
  });

  it('of a branch is what differs from its parent', () => {
    const parent = header({ temperature: 0.1 });
    expect(branchName(header({ temperature: 0.2 }), parent, 40)).toBe('temperature 0.2 from step 40');
    expect(branchName(parent, parent, 40)).toBe('same settings from step 40');
  });

  it('is not given twice', () => {
    expect(uniqueName('a', ['b'])).toBe('a');
    expect(uniqueName('a', ['a', 'a (2)', 'a (4)'])).toBe('a (3)');
  });

  it('holds nothing that an SVG or a terminal could choke on', () => {
    expect(cleanName('a\u0000b\u001b[31m\ud800c\u202ed\u2028e')).toBe('a b [31m c d e');
    expect(cleanName('   ')).toBe('');
    expect([...cleanName('👩‍🔬'.repeat(60))].length).toBe(80);
  });
});

describe('what tells runs apart', () => {
  it('is where a run is not as most are', () => {
    const runs = [header({ seed: 1 }), header({ seed: 1, temperature: 0.1 }), header({ seed: 2 })].map(
      (one, i) => ({ id: String(i), header: one }),
    );
    expect([...distinguishingValues([...runs, { id: 'new', header: null }])]).toEqual([
      ['0', ''],
      ['1', 'temperature 0.1'],
      ['2', 'seed 2'],
    ]);
    expect(distinguishingValues([]).size).toBe(0);
  });
});

describe('runs that differ in their seed alone', () => {
  const run = (id: string, changes: Parameters<typeof header>[0], other = {}) => ({
    id,
    header: header(changes),
    parent: null,
    events: [],
    ...other,
  });

  it('are grouped; a turned knob, a parent or another corpus makes another recipe', () => {
    const edit = { type: 'edit', step: 5, knob: 'beta', from: 1, to: 2 } as const;
    const groups = seedReplicates([
      run('a', { seed: 1 }),
      run('b', { seed: 2 }),
      run('again', { seed: 2 }),
      run('c', { seed: 3 }),
      run('hot', { seed: 4 }, { events: [edit] }),
      run('branch', { seed: 5 }, { parent: { id: 'a' } }),
      run(
        'small',
        { seed: 6 },
        { header: header({ seed: 6 }, { corpus: { ...header().corpus, groups: 9 } }) },
      ),
      run('x', { seed: 1, beta: 2 }),
      run('y', { seed: 2, beta: 2 }),
      { ...run('nothing', {}), header: null },
    ]);
    expect(groups).toEqual([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ]);
  });
});
