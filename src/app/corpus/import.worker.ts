// Reads large texts away from the page, so that it stays quick: takes the requests of importJob.ts, one job a worker.
import { ImportJob, type Reply, type Request } from './importJob.ts';

// The page's types know no worker's `self`: two libraries of types cannot stand in one program.
const host = self as unknown as {
  postMessage: (reply: Reply) => void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};
const job = new ImportJob((reply) => host.postMessage(reply));

let last: Promise<void> = Promise.resolve();
host.onmessage = ({ data }) => {
  last = last.then(() => job.handle(data));
};
