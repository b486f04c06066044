// A tab that keeps runs in its worker, as the page does; the test asks through `window.ask`.
import type { Answer, Question } from './files.worker.ts';

const worker = new Worker(new URL('./files.worker.ts', import.meta.url), { type: 'module' });

declare global {
  interface Window {
    ask: (question: Question) => Promise<unknown>;
  }
}

let turn: Promise<unknown> = Promise.resolve();

window.ask = (question) => {
  const answered = turn.then(
    () =>
      new Promise<Answer>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
        worker.postMessage(question);
      }),
  );
  turn = answered;
  return answered.then(({ value, error }) => {
    if (error !== undefined) throw new Error(error);
    return value;
  });
};
