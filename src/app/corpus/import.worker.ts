// Worker that reads large texts, so that the page stays responsive: handles the requests of importJob.ts, one job each.
import { ImportJob, type ImportReply, type ImportRequest } from './importJob.ts';

// Typed by hand: the DOM and WebWorker type libraries cannot be used in the same program.
const host = self as unknown as {
  postMessage: (reply: ImportReply) => void;
  onmessage: ((event: MessageEvent<ImportRequest>) => void) | null;
};
const job = new ImportJob((reply) => host.postMessage(reply));

let last: Promise<void> = Promise.resolve();
host.onmessage = ({ data }) => {
  last = last.then(() => job.handle(data));
};
