import { Link } from 'react-router';
import { useMe } from '../../shell/me';
import { useNames } from './organisation';

/** A colleague by name; administrators of accounts get to the account from it. */
export function Who({ id }: { id: string }) {
  const me = useMe();
  const name = useNames().nameOf(id);
  return me.policies.has('people.manage') ? <Link to={`/people/person?id=${id}`}>{name}</Link> : <span title={id}>{name}</span>;
}
