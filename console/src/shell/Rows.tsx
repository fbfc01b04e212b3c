import { Fragment, type ReactNode } from 'react';
import './rows.css';

export interface Column<T> {
  key: string;
  title: string;
  /** The title is only read out: sight needs none above buttons. Such a column is `plain`. */
  unseen?: boolean;
  cell: (row: T) => ReactNode;
  /** Tabular figures. */
  num?: boolean;
  /** On a phone the cell stands without its title: it says itself what it is. */
  plain?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
}

/** A dense table of 32 px lines that becomes cards on a phone; `below` is a line's own form or refusal, where the hand is. */
export function Rows<T>({
  label,
  rows,
  id,
  columns,
  below,
  marked,
}: {
  label: string;
  rows: readonly T[];
  id: (row: T) => string;
  columns: readonly (Column<T> | false)[];
  below?: (row: T) => ReactNode;
  marked?: (row: T) => boolean;
}) {
  const shown = columns.filter((column) => column !== false);
  return (
    <table className="rows" aria-label={label}>
      <thead>
        <tr>
          {shown.map((column) => (
            <th key={column.key} scope="col">
              {column.unseen ? <span className="hidden-from-sight">{column.title}</span> : column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const extra = below?.(row);
          return (
            <Fragment key={id(row)}>
              <tr className={`${marked?.(row) ? 'marked' : ''}${extra ? ' opened' : ''}`}>
                {shown.map((column) => (
                  <td
                    key={column.key}
                    className={[column.num && 'num', column.wide && 'wide-only'].filter(Boolean).join(' ') || undefined}
                    data-title={column.plain ? undefined : column.title}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
              {extra && (
                <tr className="below-row">
                  <td colSpan={shown.length}>{extra}</td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
