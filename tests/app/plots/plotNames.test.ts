// The choice of plots is remembered, and no state of the browser's storage can break the panel.
import { describe, expect, it } from 'vitest';
import { readShown, saveShown, SHOWN_AT_FIRST } from '../../../src/app/plots/plotNames.ts';

const holding = (text: string | null) => () => ({ getItem: () => text });
const blocked = (): Storage => {
  throw new DOMException('blocked', 'SecurityError');
};

describe('shown plots', () => {
  it('comes back as saved, in the order of the panel', () => {
    let saved = '';
    saveShown(['mer', 'loss'], () => ({ setItem: (_, text) => (saved = text) }));
    expect(readShown(holding(saved))).toEqual(['loss', 'mer']);
    expect(readShown(holding('[]'))).toEqual([]);
  });

  it('forgets names that no plot has, and starts over when spoilt', () => {
    expect(readShown(holding('["loss","tea",7,null]'))).toEqual(['loss']);
    for (const spoilt of [null, '{', '{"loss":true}', '"loss"'])
      expect(readShown(holding(spoilt))).toEqual(SHOWN_AT_FIRST);
  });

  it('lives without storage', () => {
    expect(readShown(blocked)).toEqual(SHOWN_AT_FIRST);
    expect(() => saveShown(['loss'], blocked)).not.toThrow();
  });
});
