import './shell/tokens.css';
import { createRoot } from 'react-dom/client';
import { App } from './shell/App';
import { showTone } from './shell/theme';
import { startWords } from './shell/words';

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

// Two helpers of the component library (scroll lock, scroll bar width) forget the nonce they were given; the policy would refuse their
// style elements. Scripts are not concerned: the policy names files only.
const make = document.createElement.bind(document);
document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = make(name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
}) as typeof document.createElement;

startWords();
showTone();
createRoot(document.getElementById('root') as HTMLElement).render(<App nonce={nonce} />);
