// Worker that reads large texts, so that the page stays responsive: handles the requests of importJob.ts, one job each.
import { ImportJob, type Reply, type Request } from './importJob.ts';

// Typed by hand: the DOM and WebWorker type libraries cannot be used in the same program.
const host = self as unknown as {
  postMessage: (reply: Reply) => void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};
const job = new ImportJob((reply) => host.postMessage(reply));

let last: Promise<void> = Promise.resolve();
host.onmessage = ({ data }) => {
  last = last.then(() => job.handle(data));
};
