// The record of a run: however it came about, it holds what one would write down who saw the whole of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunRecord, UNCHANGED } from '../../src/record/runRecord.ts';
import { appendEvent, emptySeries, type Quantity, type RunSeries } from '../../src/record/series.ts';
import { stepOf, type RunEvent } from '../../src/run/events.ts';
import { edit, end, header, metric, note, step } from './events.ts';

const seriesOf = (events: readonly RunEvent[]): RunSeries => {
  const series = emptySeries();
  for (const event of events) appendEvent(series, event);
  return series;
};
const stepsOf = (series: RunSeries) => series.loss.map((reading) => reading.step);
const kindsOf = (record: RunRecord) =>
  record.events.map((event) => (event.type === 'header' ? 'header' : `${event.type} ${event.step}`));

/** A measured value as an event says it, under the name of its quantity; undefined where an event says nothing of it. */
function measuredBy(event: RunEvent, quantity: Quantity): number | null | undefined {
  if (event.type === 'step' && (quantity === 'loss' || quantity === 'infonce' || quantity === 'ht'))
    return event[quantity];
  if (event.type !== 'metric') return undefined;
  const name = event.name === 'sts' ? 'sts' : `${event.name}-${event.split}`;
  return name === quantity ? event.value : undefined;
}

/** The value at a step, found by reading all events. */
function naiveReading(events: readonly RunEvent[], quantity: Quantity, at: number) {
  let found: { step: number; value: number } | null = null;
  for (const event of events) {
    const value = measuredBy(event, quantity);
    if (value != null && stepOf(event) <= at) found = { step: stepOf(event), value };
  }
  return found;
}

const QUANTITIES: Quantity[] = [
  'loss',
  'infonce',
  'ht',
  'sts',
  'alignment-train',
  'alignment-eval',
  'uniformity-train',
  'uniformity-eval',
];

describe('a record', () => {
  it('knows the value of each quantity at a step: the newest at or before it', () => {
    const record = new RunRecord([
      header(),
      metric(0, 'alignment', 0.3, 'train'),
      step(1, 7),
      step(2, 6),
      metric(2, 'sts', null),
      step(4, 5),
      metric(4, 'sts', 0.8),
      metric(4, 'uniformity', -1),
    ]);
    expect(record.readingAt('alignment-train')).toEqual({ step: 0, value: 0.3 });
    expect(record.readingAt('alignment-eval')).toBeNull();
    expect(record.readingAt('loss', 0)).toBeNull();
    expect(record.readingAt('loss', 3)).toEqual({ step: 2, value: 6 });
    expect(record.readingAt('loss', 99)).toEqual({ step: 4, value: 5 });
    expect(record.readingAt('sts', 3)).toBeNull();
    // The shown step, unless another one is asked for, before it or after it.
    record.goTo(2);
    expect(record.readingAt('loss')).toEqual({ step: 2, value: 6 });
    expect(record.readingAt('sts')).toBeNull();
    expect(record.readingAt('sts', 4)).toEqual({ step: 4, value: 0.8 });
    expect(record.readingAt('uniformity-eval', record.head)).toEqual({ step: 4, value: -1 });
  });

  it('grows, and says where it has changed', () => {
    const record = new RunRecord();
    expect(record.append([header(), metric(0, 'sts', 0.1), note(0, 'small')])).toBe(0);
    expect(record.append([step(1), step(2)])).toBe(3);
    expect(record.append([])).toBe(UNCHANGED);
    expect(record).toMatchObject({ step: 2, head: 2, isShowingPast: false, notes: ['small'] });
    expect(record.shownSeries).toBe(record.series);
    expect(record.series.totalSteps).toBe(40);
  });

  it('starts over with a header, on the same arrays', () => {
    const record = new RunRecord([header(), note(0, 'first'), step(1), step(2), edit(2, 1, 2)]);
    const { loss } = record.series;
    record.goTo(1);
    expect(record.append([header({ seed: 7 }), note(0, 'again'), step(1)])).toBe(0);
    expect(kindsOf(record)).toEqual(['header', 'note 0', 'step 1']);
    expect(record).toMatchObject({ step: 1, head: 1, isShowingPast: false, notes: ['again'] });
    expect(record.series.loss).toBe(loss);
    expect(record.series).toEqual(seriesOf([header(), step(1)]));
  });

  it('shows an earlier step and keeps what comes after it', () => {
    const record = new RunRecord([header(), step(1), metric(1, 'sts', 0.1), step(2), step(3), end(3)]);
    record.goTo(1);
    expect(record).toMatchObject({ step: 1, head: 3, isShowingPast: true });
    expect(stepsOf(record.shownSeries)).toEqual([1]);
    expect(stepsOf(record.series)).toEqual([1, 2, 3]);
    const { loss } = record.shownSeries;
    record.goTo(2);
    record.goTo(1);
    expect(record.shownSeries.loss).toBe(loss);
    record.goTo(3);
    expect(record.shownSeries).toBe(record.series);
    expect(record.events).toHaveLength(6);
  });

  it('takes what training repeats for what it is, until the run comes past its end', () => {
    const events = [
      header(),
      step(1),
      edit(1, 1, 2),
      edit(1, 2, 1),
      edit(1, 1, 2),
      step(2),
      metric(2, 'sts', 1),
    ];
    const record = new RunRecord(events);
    record.goTo(1);
    const repeated = [edit(1, 1, 2), edit(1, 2, 1), edit(1, 1, 2), step(2, 2, 999)];
    expect(record.append(repeated)).toBe(UNCHANGED);
    expect(record.append([metric(2, 'sts', 1)])).toBe(UNCHANGED);
    expect(record.events).toEqual(events);
    // A knob that is moved to and fro at one step: all of it counts.
    expect(record.append([edit(2, 2, 3), edit(2, 3, 2), edit(2, 2, 3)])).toBe(7);
    expect(record.configAt()?.temperature).toBe(3);
    expect(record.append([step(3)])).toBe(10);
  });

  it('keeps events that come while an earlier step is shown', () => {
    const record = new RunRecord([header(), step(1), step(2)]);
    record.goTo(1);
    expect(record.appendToFuture([metric(2, 'sts', 0.5), step(3)])).toBe(3);
    expect(record).toMatchObject({ step: 1, head: 3 });
    expect(stepsOf(record.shownSeries)).toEqual([1]);
    expect(stepsOf(record.series)).toEqual([1, 2, 3]);
    expect(record.append([step(2), metric(2, 'sts', 0.5), step(3)])).toBe(UNCHANGED);
    expect(record.isShowingPast).toBe(false);
  });

  it('is cut back to a step that the run goes on from: without the end it had there', () => {
    const record = new RunRecord([header(), note(0, 'a'), step(1), note(2, 'b'), step(2), end(2)]);
    expect(record.cut(2)).toBe(5);
    expect(record.cut(2)).toBe(UNCHANGED);
    expect(record.cut(1)).toBe(3);
    expect(kindsOf(record)).toEqual(['header', 'note 0', 'step 1']);
    expect(record).toMatchObject({ step: 1, head: 1, notes: ['a'] });
    // A checkpoint may be ahead of a record whose page was closed.
    record.cut(8);
    expect(record).toMatchObject({ step: 8, head: 8 });
  });

  it('branches off at the shown step: the past is shared, the header of its own takes the place of the first', () => {
    const parent = new RunRecord([
      header({ temperature: 1 }),
      step(1),
      edit(1, 1, 2),
      step(2),
      edit(2, 2, 9),
      step(3),
      end(3),
    ]);
    parent.goTo(2);
    const branch = parent.branch();
    expect(branch).toMatchObject({ step: 2, head: 2, isShowingPast: false });
    expect(branch.append([header({ temperature: 5 }, 2), edit(2, 5, 6), step(3)])).toBe(0);
    expect(kindsOf(branch)).toEqual(['header', 'step 1', 'edit 1', 'step 2', 'edit 2', 'step 3']);
    expect(branch.configAt(1)?.temperature).toBe(5);
    expect(branch.configAt()?.temperature).toBe(6);
    expect(parent.events).toHaveLength(7);
    expect([0, 1, 2].map((at) => parent.configAt(at)?.temperature)).toEqual([1, 2, 9]);
    // Read from a file, the branch's header is the first.
    expect(new RunRecord(branch.events).events).toEqual(branch.events);
  });

  it('orders events by step', () => {
    const events = [header(), step(2), metric(1, 'sts', 1), step(1), note(0, 'a'), end(2)];
    expect(kindsOf(new RunRecord(events))).toEqual(
      ['header', 'note 0', 'metric 1', 'step 1', 'step 2', 'end 2'], //
    );
  });
});

/** Does what a worker does, and writes down all that was ever said for the first time, by step. */
class Worker {
  record = new RunRecord();
  /** What was said of each step, in order. */
  said: RunEvent[][] = [];
  /** Edits of each step that the worker makes again when it comes by. */
  known: RunEvent[][] = [];
  at = 0;
  /** The first step that can be gone to. */
  start = 0;
  header = header();
  /** Events made so far. */
  clock = 0;

  constructor(private readonly random: () => number) {
    this.tell([this.header, ...this.first(0, [metric(0, 'sts', 0)])]);
  }

  get head() {
    return this.said.length - 1;
  }

  /** Makes a step, after edits that the visitor makes at the end of the record. */
  advance(edits: number, value = 0): RunEvent[] {
    const { at } = this;
    const again = this.known[at] ?? [];
    const fresh =
      at === this.head
        ? Array.from({ length: edits }, (_, i) => edit(at, value + (i % 2), value + ((i + 1) % 2)))
        : [];
    this.said[at]!.push(...fresh);
    this.known[at] = [...again, ...fresh];
    const next = ++this.at;
    const made = [step(next, next, this.clock++)];
    const measured =
      next % 3 === 0
        ? [metric(next, 'sts', next), metric(next, 'alignment', next, next % 2 ? 'train' : 'eval')]
        : [];
    const notes = next % 4 === 0 ? [note(next, `at ${next}`)] : [];
    return [...again, ...fresh, ...this.first(next, [...made, ...measured, ...notes])];
  }

  /** Of a step that is new, the events are written down. */
  private first(at: number, events: RunEvent[]): RunEvent[] {
    if (at > this.head) this.said[at] = [...events];
    return events;
  }

  /** Hands events over in batches. */
  tell(events: RunEvent[]): void {
    while (events.length > 0) this.record.append(events.splice(0, 1 + Math.floor(this.random() * 4)));
  }

  cutAt(at: number): void {
    this.said.length = at + 1;
    this.known.length = Math.min(this.known.length, at + 1);
    this.at = at;
  }
}

const steps = fc.integer({ min: 0, max: 12 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const command = fc.oneof(
  fc.record({ type: fc.constant('advance'), steps, edits: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ type: fc.constantFrom('goTo', 'cut', 'late'), share }),
  fc.record({ type: fc.constantFrom('branch', 'restart') }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function obey(worker: Worker, command: Command): void {
  const { record } = worker;
  const { start, head } = worker;
  const target = 'share' in command ? start + Math.floor(command.share * (head - start + 1)) : 0;
  const to = Math.min(head, target);
  switch (command.type) {
    case 'advance':
      if ('steps' in command)
        for (let i = 0; i < command.steps; i++) worker.tell(worker.advance(command.edits));
      break;
    case 'goTo':
      record.goTo(to);
      worker.at = to;
      break;
    case 'late': {
      // The worker makes two steps more before it hears that the visitor has gone back.
      // An edit among them has a value of its own: there was no time to turn a knob to and fro.
      const late = [...worker.advance(1, 10 + worker.clock), ...worker.advance(0)];
      record.goTo(to);
      record.appendToFuture(late);
      worker.at = to;
      break;
    }
    case 'cut':
      record.cut(to);
      worker.cutAt(to);
      break;
    case 'branch':
      worker.record = record.branch();
      worker.cutAt(worker.at);
      worker.known = [];
      worker.said[worker.at] = worker.said[worker.at]!.filter(({ type }) => type !== 'edit');
      worker.start = worker.at;
      worker.tell([(worker.header = header({}, worker.at))]);
      break;
    case 'restart':
      worker.cutAt(0);
      worker.known = [];
      worker.start = 0;
      worker.said[0] = [metric(0, 'sts', 0)];
      worker.tell([(worker.header = header()), ...worker.said[0]]);
      break;
  }
}

describe('any sequence of steps, edits, looks into the past, cuts, branches and restarts', () => {
  it('leaves what a record holds that was written from the list of events', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 20 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (commands, stream) => {
          const worker = new Worker(() => stream.next().value as number);
          for (const command of commands) {
            const before = [...worker.record.events];
            const { record } = worker;
            obey(worker, command);
            const { record: now } = worker;
            const all = [worker.header, ...worker.said.flat()];
            expect(now.events).toEqual(all);
            expect([now.step, now.head]).toEqual([worker.at, worker.head]);
            expect(now.series).toEqual(seriesOf(all));
            expect(now.shownSeries).toEqual(seriesOf(all.filter((event) => stepOf(event) <= worker.at)));
            expect(now.shownSeries === now.series).toBe(!now.isShowingPast);
            expect(now.notes).toEqual(all.flatMap((event) => (event.type === 'note' ? [event.text] : [])));
            for (const quantity of QUANTITIES) {
              expect(now.readingAt(quantity)).toEqual(naiveReading(all, quantity, worker.at));
              for (const at of [-1, 0, worker.at >> 1, worker.head, worker.head + 1])
                expect(now.readingAt(quantity, at)).toEqual(naiveReading(all, quantity, at));
            }
            expect(now.summary()).toEqual(new RunRecord(all).summary());
            expect(now.configAt()).toEqual(new RunRecord(all).configAt());
            // Another run's record is not touched by its branch.
            if (record !== now) expect(record.events).toEqual(before);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tells of every change where it begins', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, steps), { minLength: 1, maxLength: 12 }), (moves) => {
        const record = new RunRecord();
        /** Kept in step with the record by what it says has changed, as the store is. */
        const copy: RunEvent[] = [];
        const follow = (from: number) => {
          if (from !== UNCHANGED) copy.splice(from, Infinity, ...record.events.slice(from));
          expect(copy).toEqual(record.events);
        };
        follow(record.append([header()]));
        for (const [i, [by, back]] of moves.entries()) {
          for (let n = 1; n <= by; n++)
            follow(record.append([step(record.step + 1), metric(record.step + 1, 'sts', n)]));
          if (i % 3 === 0) follow(record.cut(Math.max(0, record.step - back)));
          else record.goTo(Math.max(0, record.step - back));
        }
      }),
    );
  });
});
