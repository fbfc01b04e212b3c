namespace Strongroom.Server.Tests.Matrix;

/// <summary>
/// What each post gets of a customer, by act and by where and how the customer stands. Written from domain.md §3 and the life states
/// (R119); every role stands in every block, <c>rest</c> for those not named.
/// <para>
/// Columns: own unit (the head office) · a branch below it · another entity of the group · restricted · archived · destroyed · unknown. All
/// posts sit in the head office; <c>south-counter</c> sits in the branch and <c>hotel-counter</c> in the other entity, and see the others' customers
/// no more than one that never was. Who serves one caller at a time has nobody before him without a call; the rights desk names its ticket.
/// </para>
/// <para>
/// Words: <c>masked</c> values with their middle hidden · <c>clear</c> in full · <c>ok</c> done, nothing shown · <c>-</c> the logged 404, the
/// same bytes as for a customer that never was · <c>none</c> the post has no such act · <c>shut</c> not let in at the door · any other word is
/// a reason or problem code that must be named in the refusal.
/// </para>
/// </summary>
internal static class CustomerMatrix
{
    public static readonly string[] Targets = ["own", "branch", "other", "restricted", "archived", "destroyed", "unknown"];

    private const string Table = """
        view POST /v1/customers/{id}/view
          counter back-office shift-lead booking-system | masked masked - masked record.archived - -
          data-owner auditor dpo marketing              | masked masked - masked record.archived - -
          hotel-counter hotel-system                    | - - masked - - - -
          south-counter                                 | - masked - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        view-with-ticket POST /v1/customers/{id}/view
          counter back-office shift-lead booking-system | masked masked - masked record.archived - -
          data-owner auditor dpo marketing rights-desk  | masked masked - masked record.archived - -
          hotel-counter hotel-system                    | - - masked - - - -
          south-counter                                 | - masked - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rest                                          | none none none none none none none

        view-while-serving POST /v1/customers/{id}/view
          call-agent outsourced-agent                   | masked masked - masked record.archived - -
          counter back-office shift-lead                | masked masked - masked record.archived - -
          hotel-counter                                 | - - masked - - - -
          south-counter                                 | - masked - - - - -
          complaints                                    | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | shut shut shut shut shut shut shut

        view-clear POST /v1/customers/{id}/view
          counter back-office shift-lead booking-system | clear clear - masked record.archived - -
          data-owner auditor dpo marketing              | masked masked - masked record.archived - -
          hotel-counter                                 | - - clear - - - -
          south-counter                                 | - clear - - - - -
          hotel-system                                  | - - authorisation.missing - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        view-level-3 POST /v1/customers/{id}/view
          counter back-office shift-lead                | clear clear - masked record.archived - -
          data-owner auditor                            | masked masked - masked record.archived - -
          dpo                                           | vault.needed vault.needed - masked record.archived - -
          marketing                                     | ok ok - ok record.archived - -
          booking-system                                | masked masked - masked record.archived - -
          hotel-counter                                 | - - clear - - - -
          south-counter                                 | - clear - - - - -
          hotel-system                                  | - - masked - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        view-by-law POST /v1/customers/{id}/view
          counter back-office shift-lead booking-system | masked masked - masked masked - -
          data-owner auditor dpo                        | masked masked - masked masked - -
          hotel-counter hotel-system                    | - - masked - - - -
          south-counter                                 | - masked - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          marketing                                     | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        view-many POST /v1/customers/view-many
          counter back-office shift-lead booking-system | masked masked - masked record.archived - -
          data-owner auditor dpo marketing              | masked masked - masked record.archived - -
          hotel-counter hotel-system                    | - - masked - - - -
          south-counter                                 | - masked - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        find POST /v1/customers/find
          call-agent outsourced-agent counter back-office shift-lead complaints rights-desk auditor dpo booking-system | found found nobody nobody nobody nobody nobody
          hotel-counter hotel-system                    | nobody nobody found nobody nobody nobody nobody
          south-counter                                 | nobody found nobody nobody nobody nobody nobody
          rest                                          | none none none none none none none

        find-by-law POST /v1/customers/find
          call-agent outsourced-agent counter back-office shift-lead complaints rights-desk auditor dpo booking-system | found found nobody found found nobody nobody
          hotel-counter hotel-system                    | nobody nobody found nobody nobody nobody nobody
          south-counter                                 | nobody found nobody nobody nobody nobody nobody
          rest                                          | none none none none none none none

        compare POST /v1/customers/{id}/compare
          counter back-office shift-lead booking-system | ok/compare.tries ok/compare.tries - ok/compare.tries record.archived - -
          data-owner auditor dpo marketing              | ok/compare.tries ok/compare.tries - ok/compare.tries record.archived - -
          hotel-counter hotel-system                    | - - ok - - - -
          south-counter                                 | - ok/compare.tries - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | none none none none none none none

        contact POST /v1/customers/{id}/contact
          counter back-office shift-lead                | contact.none contact.none - customer.restricted record.archived - -
          marketing                                     | - - - - - - -
          hotel-counter                                 | - - contact.none - - - -
          south-counter                                 | - contact.none - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          booking-system hotel-system                   | shut shut shut shut shut shut shut
          rest                                          | none none none none none none none

        contact-code POST /v1/customers/{id}/contact-code
          counter back-office shift-lead                | code.fresh code.fresh - customer.restricted record.archived - -
          marketing outsourced-agent complaints         | none none none none none none none
          hotel-counter                                 | - - code.fresh - - - -
          south-counter                                 | - code.fresh - - - - -
          call-agent                                    | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          booking-system hotel-system                   | shut shut shut shut shut shut shut
          rest                                          | none none none none none none none

        contact-code-while-serving POST /v1/customers/{id}/contact-code
          call-agent                                    | caller.unverified caller.unverified - caller.unverified record.archived - -
          counter back-office shift-lead                | item.not_of_record item.not_of_record - item.not_of_record record.archived - -
          outsourced-agent                              | none none - none record.archived - -
          hotel-counter                                 | - - item.not_of_record - - - -
          south-counter                                 | - item.not_of_record - - - - -
          complaints                                    | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | shut shut shut shut shut shut shut

        correct PATCH /v1/customers/{id}
          counter back-office shift-lead booking-system | row.changed row.changed - row.changed record.archived - -
          hotel-counter hotel-system                    | - - row.changed - - - -
          south-counter                                 | - row.changed - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          call-agent                                    | - - - - - - -
          rest                                          | none none none none none none none

        put-file PUT /v1/customers/{id}/records/{record}/files/{item}
          counter back-office shift-lead booking-system | item.not_of_record item.not_of_record - item.not_of_record record.archived - -
          hotel-counter hotel-system                    | - - item.not_of_record - - - -
          south-counter                                 | - item.not_of_record - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          call-agent                                    | - - - - - - -
          rest                                          | none none none none none none none

        open-file POST /v1/customers/{id}/files/{file}/open
          admin-4a analyst operations postless          | none none none none none none none
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | - - - - - - -

        ledger GET /v1/customers/{id}/ledger
          auditor dpo                                   | ok ok - ok ok - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          hotel-system                                  | - - ok - - - -
          rest                                          | shut shut shut shut shut shut shut

        receipts GET /v1/customers/{id}/receipts
          counter back-office shift-lead dpo booking-system | ok ok - ok ok - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket - -
          south-counter                                 | - ok - - - - -
          hotel-counter hotel-system                    | - - ok - - - -
          rest                                          | shut shut shut shut shut shut shut

        receipt GET /v1/receipts/{id}
          counter back-office shift-lead dpo booking-system | ok ok - ok ok - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket - -
          south-counter                                 | - ok - - - - -
          hotel-counter hotel-system                    | - - ok - - - -
          rest                                          | shut shut shut shut shut shut shut

        consent POST /v1/customers/{id}/consents
          booking-system                                | ok ok - customer.restricted record.archived - -
          counter back-office shift-lead dpo            | channel.unknown channel.unknown - channel.unknown record.archived - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket - -
          south-counter                                 | - channel.unknown - - - - -
          hotel-counter hotel-system                    | - - channel.unknown - - - -
          rest                                          | shut shut shut shut shut shut shut

        withdraw POST /v1/customers/{id}/consents/{purpose}/withdraw
          counter back-office shift-lead dpo            | ok ok - ok ok - -
          booking-system                                | client.scope client.scope - client.scope client.scope - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket - -
          south-counter                                 | - ok - - - - -
          hotel-counter                                 | - - ok - - - -
          hotel-system                                  | - - client.scope - - - -
          rest                                          | shut shut shut shut shut shut shut

        serve POST /v1/service-sessions
          call-agent outsourced-agent counter back-office shift-lead | ok ok - ok record.archived - -
          hotel-counter                                 | - - ok - - - -
          south-counter                                 | - ok - - - - -
          complaints                                    | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | shut shut shut shut shut shut shut

        serve-later POST /v1/service-sessions/{id}/customer
          call-agent outsourced-agent counter back-office shift-lead | ok ok - ok record.archived - -
          hotel-counter                                 | - - ok - - - -
          south-counter                                 | - ok - - - - -
          complaints                                    | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | shut shut shut shut shut shut shut

        explain POST /v1/access/explain
          counter back-office shift-lead booking-system | permit permit - permit record.archived - -
          data-owner auditor dpo marketing              | permit permit - permit record.archived - -
          hotel-counter hotel-system                    | - - permit - - - -
          south-counter                                 | - permit - - - - -
          call-agent outsourced-agent complaints        | - - - - - - -
          rights-desk                                   | scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket scope.ticket
          rest                                          | act.ungranted act.ungranted act.ungranted act.ungranted act.ungranted act.ungranted act.ungranted
        """;

    public static IReadOnlyList<ActBlock> Blocks { get; } = ActBlock.ParseAll(Table);
}

/// <summary>One act: the route it uses and the expected word for each role and target.</summary>
internal sealed record ActBlock(string Act, string Route, IReadOnlyDictionary<string, string[]> Rows)
{
    public string Word(string role, string target) =>
        (Rows.GetValueOrDefault(role) ?? Rows["rest"])[Array.IndexOf(CustomerMatrix.Targets, target)];

    public static IReadOnlyList<ActBlock> ParseAll(string table)
    {
        var blocks = new List<ActBlock>();
        foreach (var line in table.Split('\n').Where(line => line.Trim().Length > 0))
        {
            if (!line.StartsWith(' '))
            {
                var head = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                blocks.Add(new ActBlock(head[0], $"{head[1]} {head[2]}", new Dictionary<string, string[]>()));
                continue;
            }

            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            var words = parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(words.Length == CustomerMatrix.Targets.Length, $"{blocks[^1].Act}: {line}");
            foreach (var role in parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                ((Dictionary<string, string[]>)blocks[^1].Rows).Add(role, words);
            }
        }

        return blocks;
    }
}
