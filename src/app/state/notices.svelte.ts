// The notices shown on the page: errors and automatic changes.

export interface Notice {
  id: string;
  kind: 'info' | 'bad';
  text: string;
  action?: { label: string; run: () => void };
}

export class NoticesState {
  all = $state.raw<readonly Notice[]>([]);

  /** Shows a notice; it replaces an earlier one with the same id. */
  show(notice: Notice): void {
    this.all = [...this.all.filter(({ id }) => id !== notice.id), notice];
  }

  dismiss(id: string): void {
    this.all = this.all.filter((notice) => notice.id !== id);
  }
}
