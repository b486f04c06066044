// What waits for a restart and what does not: a visitor must never believe a knob acts when it does not.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pageDefaults } from '../../../src/run/pageDefaults.ts';
import { RecipeState } from '../../../src/app/state/recipe.svelte.ts';

const linkChoices = { domains: ['scenes', 'encyclopedia'], models: ['auto', 'pocket', 'mini'] };
let hashes: string[];
const recipeFrom = (hash = '') =>
  new RecipeState({
    defaults: pageDefaults(),
    linkChoices,
    hash,
    writeHash: (written) => hashes.push(written),
  });

beforeEach(() => {
  hashes = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('setting a knob', () => {
  it('takes text and values alike', () => {
    const recipe = recipeFrom();
    expect(recipe.set('temperature', '0.1')).toBeNull();
    expect(recipe.set('margins', '0.01, 0.2')).toBeNull();
    expect(recipe.set('freezeEmbeddings', true)).toBeNull();
    expect(recipe.set('pooling', 'cls')).toBeNull();
    expect(recipe.config).toMatchObject({
      temperature: 0.1,
      margins: [0.01, 0.2],
      freezeEmbeddings: true,
      pooling: 'cls',
    });
  });

  it('refuses what is out of range, says what the knob takes, and keeps the last good value', () => {
    const recipe = recipeFrom();
    recipe.set('batch', 16);
    const error = recipe.set('batch', '2.5');
    expect(error).toContain('batch size');
    expect(error).toContain('a whole number from 2 to 4096');
    expect(error).toContain('16 stays');
    expect(recipe.config.batch).toBe(16);
    expect(recipe.set('margins', '0.1,')).not.toBeNull();
    expect(recipe.set('pooling', 'max')).not.toBeNull();
  });

  it('goes back to the default of the page, not of the command line', () => {
    const recipe = recipeFrom();
    recipe.set('steps', 999);
    expect(recipe.differs('steps')).toBe(true);
    recipe.reset('steps');
    expect(recipe.config.steps).toBe(120);
    expect(recipe.differs('steps')).toBe(false);
  });
});

describe('what waits for a restart', () => {
  it('is nothing before the first run', () => {
    const recipe = recipeFrom();
    recipe.set('batch', 16);
    expect(recipe.pending).toEqual([]);
    expect(recipe.restartNeeded).toBe(false);
  });

  it('is a cold knob that differs from the run, until it is turned back or the run is started again', () => {
    const recipe = recipeFrom();
    recipe.start();
    recipe.set('batch', 16);
    expect(recipe.pending).toEqual(['batch']);
    expect(recipe.restartNeeded).toBe(true);
    recipe.set('batch', 32);
    expect(recipe.restartNeeded).toBe(false);
    recipe.set('seed', 7);
    recipe.start();
    expect(recipe.restartNeeded).toBe(false);
  });

  it('is never a hot knob', () => {
    const recipe = recipeFrom();
    recipe.start();
    recipe.set('temperature', 0.2);
    expect(recipe.restartNeeded).toBe(false);
    expect(recipe.applied?.config.temperature).toBe(0.05);
    expect(recipe.unsentHotKnobs).toEqual(['temperature']);
    recipe.markSent({ knob: 'temperature', value: 0.2 });
    expect(recipe.unsentHotKnobs).toEqual([]);
    expect(recipe.applied?.config.temperature).toBe(0.05);
    recipe.markApplied({ knob: 'temperature', to: 0.2, step: 7 });
    expect(recipe.applied?.config.temperature).toBe(0.2);
    expect([recipe.sent, recipe.appliedAtStep]).toEqual([[], { temperature: 7 }]);
    expect(recipe.unsentHotKnobs).toEqual([]);
  });

  it('a hot knob that is turned twice before a step has acted when its last value has', () => {
    const recipe = recipeFrom();
    recipe.start();
    for (const value of [0.2, 0.3]) {
      recipe.set('temperature', value);
      recipe.markSent({ knob: 'temperature', value });
    }
    recipe.markApplied({ knob: 'temperature', to: 0.2, step: 3 });
    expect(recipe.applied?.config.temperature).toBe(0.05);
    expect(recipe.configWithSentEdits?.temperature).toBe(0.3);
    recipe.markApplied({ knob: 'temperature', to: 0.3, step: 3 });
    expect(recipe.applied?.config.temperature).toBe(0.3);
  });

  it('an edit that is repeated from the past of the run changes nothing', () => {
    const recipe = recipeFrom();
    recipe.start();
    recipe.markApplied({ knob: 'temperature', to: 0.2, step: 3 });
    expect(recipe.applied?.config.temperature).toBe(0.05);
    expect(recipe.appliedAtStep).toEqual({});
  });

  it('a run may start with other values than the recipe has: those differ from it then', () => {
    const recipe = recipeFrom();
    const { config } = recipe;
    recipe.set('temperature', 0.2);
    recipe.set('batch', 16);
    recipe.start({ config });
    expect(recipe.unsentHotKnobs).toEqual(['temperature']);
    expect(recipe.pending).toEqual(['batch']);
  });

  it('taking a hot knob does not take a cold one with it', () => {
    const recipe = recipeFrom();
    recipe.start();
    recipe.set('batch', 16);
    recipe.set('temperature', 0.2);
    recipe.markSent({ knob: 'temperature', value: 0.2 });
    recipe.markApplied({ knob: 'temperature', to: 0.2, step: 0 });
    expect(recipe.pending).toEqual(['batch']);
  });

  it('is also another setting, device or encoder', () => {
    const recipe = recipeFrom();
    recipe.start();
    recipe.setSetting({ domain: 'encyclopedia', pattern: 'sts_ht' });
    expect(recipe.pending).toEqual([]);
    expect(recipe.restartNeeded).toBe(true);
    recipe.setSetting({ domain: 'scenes', pattern: 'sts_ht' });
    expect(recipe.restartNeeded).toBe(false);
    recipe.setDevice('wasm');
    expect(recipe.restartNeeded).toBe(true);
  });
});

describe('the encoder', () => {
  it('is what the automatic choice stands for, unless one is named', () => {
    const recipe = recipeFrom();
    expect([recipe.model, recipe.encoder, recipe.link]).toEqual(['auto', 'pocket', '']);
    recipe.automatic = 'mini';
    expect([recipe.encoder, recipe.link]).toEqual(['mini', '']);
    recipe.setModel('pocket');
    expect([recipe.encoder, recipe.link]).toEqual(['pocket', 'model=pocket']);
  });

  it('of a link is that one', () => {
    expect(recipeFrom('#model=mini').encoder).toBe('mini');
    expect(recipeFrom('#model=auto').link).toBe('');
  });

  it('waits for a restart when another one is chosen, not when its name is', () => {
    const recipe = recipeFrom();
    recipe.start();
    expect(recipe.applied?.model).toBe('pocket');
    recipe.setModel('pocket');
    expect(recipe.restartNeeded).toBe(false);
    recipe.setModel('mini');
    expect(recipe.restartNeeded).toBe(true);
  });

  it('of a saved run is taken with it, and stays automatic where that is the same', () => {
    const recipe = recipeFrom();
    recipe.take(recipe.setting, recipe.config, 'pocket');
    expect(recipe.model).toBe('auto');
    recipe.take(recipe.setting, recipe.config, 'mini');
    expect(recipe.model).toBe('mini');
  });
});

describe('the link of a recipe', () => {
  it('is written once the visitor has paused, not at every key', () => {
    const recipe = recipeFrom();
    recipe.set('seed', 1);
    recipe.set('seed', 12);
    vi.advanceTimersByTime(199);
    expect(hashes).toEqual([]);
    recipe.set('seed', 123);
    vi.advanceTimersByTime(200);
    expect(hashes).toEqual(['seed=123']);
    recipe.reset('seed');
    vi.advanceTimersByTime(200);
    expect(hashes).toEqual(['seed=123', '']);
  });

  it('is not written for a value that was refused, nor by reading it', () => {
    recipeFrom('#seed=5').set('seed', 'x');
    vi.runAllTimers();
    expect(hashes).toEqual([]);
  });

  it('is read at the start, and its faults are told', () => {
    const recipe = recipeFrom('#setting=scenes.sup&seed=7&nonsense=1');
    expect(recipe.setting).toEqual({ domain: 'scenes', pattern: 'sup' });
    expect(recipe.config.seed).toBe(7);
    expect(recipe.linkErrors).toHaveLength(1);
    expect(recipe.link).toBe('setting=scenes.sup&seed=7');
  });
});

describe('a preset', () => {
  it('starts from the defaults, so that what was turned before does not spoil it; the corpus stays', () => {
    const recipe = recipeFrom('#setting=encyclopedia.dropout&seed=7');
    recipe.preset('sup', { temperature: 0.5 });
    expect(recipe.link).toBe('setting=encyclopedia.sup&temperature=0.5');
  });
});
