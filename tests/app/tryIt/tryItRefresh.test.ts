// Answers follow the questions: never late ones, never too many. Time is played.
import { describe, expect, it } from 'vitest';
import { ThrottledRequests, type TimerClock } from '../../../src/app/desk/tryItRefresh.ts';

/** A clock that is moved by hand. */
function played(): TimerClock & { run: (milliseconds: number) => Promise<void> } {
  let time = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => time,
    after(milliseconds, callback) {
      const timer = { at: time + milliseconds, callback };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
    async run(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        for (let i = 0; i < 10; i++) await Promise.resolve();
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        time = Math.max(time, next.at);
        timers = timers.filter((other) => other !== next);
        next.callback();
      }
      time = end;
    },
  };
}

interface Question {
  text: string;
  revision: number;
}

function bench() {
  const clock = played();
  const asked: { question: Question; at: number; settle: (error?: Error) => void }[] = [];
  const answers: Question[] = [];
  const failures: string[] = [];
  const refresher = new ThrottledRequests<Question, Question>(
    {
      fetch: (question) =>
        new Promise((resolve, reject) => {
          const settle = (error?: Error) => (error ? reject(error) : resolve(question));
          asked.push({ question, at: clock.now(), settle });
        }),
      isSame: (a, b) => a.text === b.text,
      onResponse: (answer) => answers.push(answer),
      onError: (error) => failures.push((error as Error).message),
    },
    500,
    clock,
  );
  return { clock, asked, answers, failures, refresher };
}

describe('Refresher', () => {
  it('drops the answer to an older text and asks for the newest at once it may', async () => {
    const { clock, asked, answers, refresher } = bench();
    refresher.request({ text: 'a', revision: 0 });
    await clock.run(10);
    refresher.request({ text: 'ab', revision: 0 });
    refresher.request({ text: 'abc', revision: 0 });
    await clock.run(2000);
    expect(asked).toHaveLength(1); // one at a time
    asked[0]!.settle();
    await clock.run(0);
    expect(answers).toEqual([]);
    expect(asked[1]!.question.text).toBe('abc');
    asked[1]!.settle();
    await clock.run(0);
    expect(answers.map(({ text }) => text)).toEqual(['abc']);
  });

  it('keeps answering while the weights change with every question, at most every 500 ms', async () => {
    const { clock, asked, answers, refresher } = bench();
    for (let revision = 0; revision < 100; revision++) {
      refresher.request({ text: 'same', revision });
      await clock.run(20);
      asked.at(-1)?.settle();
      await clock.run(0);
    }
    for (let i = 1; i < asked.length; i++)
      expect(asked[i]!.at - asked[i - 1]!.at).toBeGreaterThanOrEqual(500);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(answers).toHaveLength(asked.length);
    // And the last revision is answered in the end.
    await clock.run(600);
    asked.at(-1)!.settle();
    await clock.run(0);
    expect(answers.at(-1)!.revision).toBe(99);
  });

  it('reports a failure of the question that is wanted, not of an older one, and goes on', async () => {
    const { clock, asked, answers, failures, refresher } = bench();
    refresher.request({ text: 'a', revision: 0 });
    await clock.run(0);
    refresher.request({ text: 'b', revision: 0 });
    asked[0]!.settle(new Error('old'));
    await clock.run(500);
    asked[1]!.settle(new Error('The encoder is gone.'));
    await clock.run(0);
    expect(failures).toEqual(['The encoder is gone.']);
    refresher.request({ text: 'b', revision: 1 });
    await clock.run(500);
    asked[2]!.settle();
    await clock.run(0);
    expect(answers).toEqual([{ text: 'b', revision: 1 }]);
  });

  it('is silent after stop', async () => {
    const { clock, asked, answers, refresher } = bench();
    refresher.request({ text: 'a', revision: 0 });
    await clock.run(0);
    refresher.request({ text: 'a', revision: 1 });
    refresher.stop();
    asked[0]!.settle();
    await clock.run(5000);
    expect(asked).toHaveLength(1);
    expect(answers).toEqual([]);
  });
});
