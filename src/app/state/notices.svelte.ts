// What the page has to say about things that went wrong or changed by themselves.

export interface Notice {
  id: string;
  kind: 'info' | 'bad';
  text: string;
  action?: { label: string; run: () => void };
}

export class NoticesState {
  all = $state.raw<readonly Notice[]>([]);

  /** Says something; a notice of the same id takes the place of the earlier one. */
  say(notice: Notice): void {
    this.all = [...this.all.filter(({ id }) => id !== notice.id), notice];
  }

  dismiss(id: string): void {
    this.all = this.all.filter((notice) => notice.id !== id);
  }
}
