// Entry point of a shared run's page. The run's data is embedded in the page itself, after this script.
import './jitless.ts';
import { mount } from 'svelte';
import '../style/base.css';
import './page.css';
import { readPage } from './readPage.ts';
import Player from './Player.svelte';

document.addEventListener('DOMContentLoaded', () => {
  const target = document.getElementById('app');
  if (target === null) throw new Error('The page has no element with the id "app".');
  target.replaceChildren();
  mount(Player, { target, props: readPage(document) });
});
