import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { useWords } from '../../shell/words';
import { EntryTable } from './EntryLine';
import { FindReference } from './FindReference';
import { LogFilters } from './LogFilters';
import { asQuery, readFilter, writeFilter } from './query';
import { words } from './words';
import './audit.css';
import { Pager } from '../../shell/Pager';

const pageSize = 50;

/** The log, newest first. Filters and page stand in the address, so a search can be kept, sent and gone back to. */
export default function Log() {
  const say = useWords(words);
  const me = useMe();
  const [address, setAddress] = useSearchParams();
  const filter = readFilter(address);
  const after = address.get('after');
  const query = { ...asQuery(filter), Size: pageSize, ...(after && { After: after }) };
  // Notes beside an entry may be personal: nothing of a page outlives it.
  const asked = useQuery({
    queryKey: ['audit-log', query],
    queryFn: () => call(() => api.GET('/v1/audit/entries', { params: { query } })),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <header className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <span className="quiet">{say('own')}</span>
        <Link to={{ search: writeFilter({ kind: 'person', actor: me.session.person }).toString() }}>{say('ownSee')}</Link>
      </header>
      <LogFilters key={writeFilter(filter).toString()} filter={filter} onApply={(next) => setAddress(writeFilter(next))} />
      {me.policies.has('customer.find') && me.acts.has('find') && <FindReference onChosen={(customer) => setAddress(writeFilter({ customer }))} />}
      <Listing asked={asked} isEmpty={(page) => page.entries.length === 0 && !page.next} empty={say('none')}>
        {(page) => (
          <section className="panel stack" aria-label={say('title')}>
            {filter.reason && page.next && page.entries.length < pageSize && <p className="quiet">{say('partly')}</p>}
            <EntryTable entries={page.entries} />
            <Pager
              first={after ? writeFilter(filter).toString() : null}
              next={page.next ? new URLSearchParams([...writeFilter(filter), ['after', page.next]]).toString() : null}
            >
              <Button size="small" loading={asked.isFetching} onClick={() => void asked.refetch()}>
                {say('refresh')}
              </Button>
            </Pager>
          </section>
        )}
      </Listing>
    </>
  );
}
