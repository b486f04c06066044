// The import of one text: read, inspected, and read again once the visitor has chosen what its columns contain. The
// same job runs in the page for small texts and in its own worker for large ones.
import { messageOf } from '../../util/failure.ts';
import type { ScoredPair } from '../../data/group.ts';
import type { GroupDraft } from '../state/corpusText.ts';
import { readImport, type ImportError } from './importRead.ts';
import { inspect, type ImportChoice, type ImportFormat, type Inspection } from './importSniff.ts';
import { decodeBytes } from './importText.ts';

/** A file, or pasted text. */
export type ImportSource = { name: string; file: Blob } | { name: string; text: string };

export type ImportRequest =
  | { type: 'open'; source: ImportSource }
  | { type: 'inspect'; as: ImportFormat }
  | { type: 'read'; choice: ImportChoice };

export interface ReadSummary {
  kind: 'groups' | 'pairs';
  count: number;
  /** The first errors; `errorCount` is the total number. */
  errors: ImportError[];
  errorCount: number;
  /** All errors as a file to download, "line <tab> reason"; null if there are none. */
  errorFile: Blob | null;
}

export type ImportReply =
  | { type: 'inspected'; inspection: Inspection }
  /** Drafts arrive in parts: copying all of them at once would block the page. */
  | { type: 'groups'; groups: GroupDraft[] }
  | { type: 'pairs'; pairs: ScoredPair[] }
  | { type: 'read'; summary: ReadSummary }
  | { type: 'failed'; message: string };

const PART = 500;
export const SHOWN_ERRORS = 20;

export class ImportJob {
  private name = '';
  private text = '';

  constructor(private readonly reply: (reply: ImportReply) => void) {}

  async handle(request: ImportRequest): Promise<void> {
    try {
      switch (request.type) {
        case 'open':
          await this.open(request.source);
          this.reply({ type: 'inspected', inspection: inspect(this.name, this.text) });
          break;
        case 'inspect':
          this.reply({ type: 'inspected', inspection: inspect(this.name, this.text, request.as) });
          break;
        case 'read':
          this.read(request.choice);
          break;
      }
    } catch (error) {
      this.reply({ type: 'failed', message: messageOf(error) });
    }
  }

  private async open(source: ImportSource): Promise<void> {
    this.name = source.name;
    this.text =
      'text' in source
        ? source.text
        : decodeBytes(new Uint8Array(await source.file.arrayBuffer()), source.name);
  }

  private read(choice: ImportChoice): void {
    const { kind, groups, pairs, errors } = readImport(this.name, this.text, choice);
    for (let at = 0; at < groups.length; at += PART)
      this.reply({ type: 'groups', groups: groups.slice(at, at + PART) });
    for (let at = 0; at < pairs.length; at += PART)
      this.reply({ type: 'pairs', pairs: pairs.slice(at, at + PART) });
    this.reply({
      type: 'read',
      summary: {
        kind,
        count: groups.length + pairs.length,
        errors: errors.slice(0, SHOWN_ERRORS),
        errorCount: errors.length,
        errorFile: errors.length > 0 ? errorFile(errors) : null,
      },
    });
  }
}

function errorFile(errors: readonly ImportError[]): Blob {
  const lines = errors.map(({ line, reason }) => `${line}\t${reason}\n`);
  return new Blob(['line\treason\n', ...lines], { type: 'text/tab-separated-values' });
}
