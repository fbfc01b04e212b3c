import { Button } from 'antd';
import type { ReactNode } from 'react';
import { ProblemNote } from './Problem';

interface Ends {
  fault: unknown;
  busy: boolean;
  disabled?: boolean;
  /** Set off from what stands above it, where that is not a field with a margin of its own. */
  apart?: boolean;
  children: ReactNode;
}

/** How a form ends: why it was refused, where the hand is, and the button that sends it. */
export function FormEnd({ fault, busy, disabled, apart, children }: Ends) {
  return (
    <>
      {fault !== null && <ProblemNote fault={fault} />}
      <Button type="primary" htmlType="submit" loading={busy} disabled={disabled === true} className={apart ? 'form-end' : ''}>
        {children}
      </Button>
    </>
  );
}
