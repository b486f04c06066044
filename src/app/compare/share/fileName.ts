// A run's name as the name of a file: letters, digits, dots and dashes, short enough for every system.

export function fileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 80) || 'run';
}
