/** What heads a column, and its class where it has one. */
export type Column = string | readonly [head: string, className: string];

export function TableHead({ columns, index }: { readonly columns: readonly Column[]; readonly index?: number }) {
  return (
    <thead>
      <tr aria-rowindex={index}>
        {columns.map((column, at) => {
          const [head, className] = typeof column === 'string' ? [column] : column;
          return (
            <th key={at} scope="col" class={className}>
              {head}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
