// Messages are read by people: the suggestion after a typing mistake must be the name they meant, or nothing.
import { describe, expect, it } from 'vitest';
import { Failure, messageOf, nearestName, UsageFailure } from '../../src/util/failure.ts';

const KNOWN = ['temperature', 'beta', 'batch', 'dropout', 'learningRate', 'adamBeta1'];

describe('nearestName', () => {
  it.each([
    ['temprature', 'temperature'],
    ['Temperature', 'temperature'],
    ['LEARNINGRATE', 'learningRate'],
    ['learning_rate', 'learningRate'],
    ['bach', 'batch'],
    ['beta1', 'beta'],
    ['drop-out', 'dropout'],
    ['dropout', 'dropout'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearestName(given, KNOWN)).toBe(meant);
  });

  it.each(['entirely different', 'xyzxyz', ''])('suggests nothing for "%s"', (given) => {
    expect(nearestName(given, KNOWN)).toBeUndefined();
  });

  it('suggests nothing when nothing is known', () => {
    expect(nearestName('beta', [])).toBeUndefined();
  });
});

describe('failures', () => {
  it('carry their sentence, and usage failures can be told apart', () => {
    const [failure, usage] = [new Failure('No such file.'), new UsageFailure('No such knob.')];
    expect(usage).toBeInstanceOf(Failure);
    expect(failure).not.toBeInstanceOf(UsageFailure);
    expect([failure.name, usage.name]).toEqual(['Failure', 'UsageFailure']);
    expect([failure, 'text', 3, undefined].map(messageOf)).toEqual([
      'No such file.',
      'text',
      '3',
      'undefined',
    ]);
  });
});
