// Turns a run's name into a file name: letters, digits, dots and dashes, short enough for every operating system.

export function fileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 80) || 'run';
}
