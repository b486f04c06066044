// Entry point of the page: mounts App.svelte.
import { mount } from 'svelte';
import './style/base.css';
import App from './App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no element with the id "app".');
mount(App, { target });
