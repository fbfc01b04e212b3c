import { defineWords, useWords } from '../../../shell/words';
import { useUnits } from '../organisation';

const words = defineWords(
  'zone-names',
  { office: '办公网', vpn: '虚拟专网', internet: '互联网', branch: '网点 {{unit}}' },
  { office: 'Office', vpn: 'VPN', internet: 'Internet', branch: 'Branch {{unit}}' },
);

/** What a zone is called; an installation's own one is its code. */
export function useZoneName(): (zone: string) => string {
  const say = useWords(words);
  const units = useUnits();
  return (zone) =>
    zone === 'office' || zone === 'vpn' || zone === 'internet'
      ? say(zone)
      : zone.startsWith('branch.')
        ? say('branch', { unit: units.nameOf(zone.slice('branch.'.length)) })
        : zone;
}
