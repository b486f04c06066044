// How the files of a model folder are read: a directory, a URL or a zip.

export interface FolderReader {
  /** The name shown in messages. */
  name: string;
  /** The bytes of a file, or undefined if it does not exist. */
  read(file: string): Promise<Uint8Array | undefined>;
}

/** A reader for a subfolder. */
export function subfolder(folder: FolderReader, path: string): FolderReader {
  return path === '' ? folder : { name: folder.name, read: (file) => folder.read(`${path}/${file}`) };
}
