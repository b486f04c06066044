// Phases and transitions of the live training as short texts, for tables.
import type { Phase } from '../../../src/app/live/phase.ts';
import type { Effect, Transition } from '../../../src/app/live/transition.ts';

export function phaseText(phase: Phase): string {
  const parts = [phase.kind === 'seeking' ? `seeking ${phase.to}` : phase.kind];
  if (phase.kind === 'failed') parts.push(`${phase.left} left`);
  if ('play' in phase && phase.play) parts.push('play');
  if (phase.kind === 'starting' && phase.resumed) parts.push('resumed');
  if (phase.kind === 'loadingEncoder' && phase.resume) parts.push(`resume ${phase.resume.id}`);
  if (phase.kind === 'seeking' && phase.arrived) parts.push('arrived');
  if (phase.kind === 'playing' && !phase.confirmed) parts.push('unconfirmed');
  if ('then' in phase && phase.then !== 'wait') parts.push(`then ${phase.then}`);
  return parts.join(', ');
}

export function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'branch':
      return `branch ${effect.with}`;
    case 'resume':
      return `resume ${effect.run.id}`;
    case 'seek':
    case 'show':
    case 'rewind':
      return `${effect.type} ${effect.step}`;
    case 'edit':
      return `edit ${effect.knob}`;
    default:
      return effect.type;
  }
}

/** "next phase | effects"; `=` is the phase that was. */
export function transitionText(from: Phase | null, { phase, effects }: Transition): string {
  const next = phaseText(phase);
  const same = from !== null && next === phaseText(from);
  return [same ? '=' : next, ...(effects.length > 0 ? [effects.map(effectText).join(', ')] : [])].join(' | ');
}
