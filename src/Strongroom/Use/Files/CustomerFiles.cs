using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Files;

/// <summary>Sealed images, recordings and documents of a customer: opened like any item in clear, replaced like any correction.</summary>
internal sealed class CustomerFiles(
    IKnowledge knowledge, Asking.Asking asking, ItemOpener opener, Corrections corrections, ISealedFiles files, ICustomers customers, IKeyring keyring)
{
    /// <summary>Bytes of one file.</summary>
    public const long LargestFile = 256L << 20;

    private const long CheckEvery = 1 << 20;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/customers/{id}/files/{file}/open", (CustomerId id, FileId file, FileOpenRequest ask, Caller caller, CustomerFiles self, HttpContext context, CancellationToken ct) =>
                self.OpenAsync(id, file, ask, caller, context, ct))
            .RequirePolicy(Doors.CustomerView).Records(UseFacts.FileOpened).WithName("customer-file-open");
        v1.MapPut("/customers/{id}/records/{record}/files/{item}", (CustomerId id, RecordId record, ItemKey item, int version, PurposeKey purpose,
                Caller caller, CustomerFiles self, HttpRequest request, CancellationToken ct) =>
                Answer(self.PutAsync(id, record, item, version, purpose, request.Body, caller, ct)))
            .RequirePolicy(Doors.CustomerCorrect).Records(UseFacts.Correct).WithMetadata(new RequestSizeLimitAttribute(LargestFile)).WithName("customer-file-put");
    }

    /// <summary>Decides and records; null file: refused, with the problem.</summary>
    internal async Task<(OpenedFile? File, Problem? Problem)> RuleAsync(CustomerId id, FileId file, FileOpenRequest ask, Caller caller, CancellationToken ct)
    {
        var stored = await files.FindAsync(file, ct);
        var item = stored?.Place.Item ?? NoItem;
        var wanted = new Ask(Act.View, UseFacts.FileOpened)
        {
            // A file of somebody else, or none, is asked about as nobody's: the same logged 404 as for an unknown customer.
            Customer = await IsOfAsync(stored, id, ct) ? id : Nobody,
            Purpose = ask.Purpose,
            Records = stored is null ? null : new HashSet<RecordId> { stored.Place.Record },
            Items = new HashSet<ItemKey> { item },
            Clear = new HashSet<ItemKey> { item },
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
        };
        switch (await asking.RuleAsync(caller, wanted, ct))
        {
            case Ruled.Refused refused:
                return (null, refused.Problem);
            case Ruled.Permitted { Judged: var judged }:
                var held = judged.Held.FirstOrDefault(one => one.Value.Version == stored!.Place.Version);
                if (held is null || judged.Decision.Shows(held.Record.Id, held.Value.Key) != Shown.Clear)
                {
                    return (null, Problem.Of(Reasons.AccessDenied) with { Reasons = judged.Decision.Reasons });
                }

                // The record's own value says which file it is; a row of the files' table alone proves nothing.
                var texts = await opener.OpenAsync([held], ct);
                return string.Equals(texts[0], file.ToString(), StringComparison.Ordinal)
                    ? (new OpenedFile(stored!, judged), null)
                    : (null, Problem.Of(Reasons.ItemDamaged));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Sends the clear bytes; breaks off when the decision no longer stands (long streams are re-checked).</summary>
    internal async Task SendAsync(OpenedFile file, Stream output, CancellationToken ct)
    {
        using var keys = await keyring.OpenAsync(new KeyOwner(file.Stored.Place.Customer.Value), ct) ?? throw new DecisionMovedException();
        await using var target = new CheckedStream(output, CheckEvery, stop => StillAsync(file.Judged, stop));
        await files.OpenAsync(keys, file.Stored, target, ct);
    }

    internal async Task<Outcome<FileAnswer>> PutAsync(
        CustomerId id, RecordId record, ItemKey item, int version, PurposeKey purpose, Stream body, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (known.Item(item) is not { } definition || !CorrectRules.IsFile(definition) || version < 0)
        {
            return Problem.Of([(known.Item(item) is null ? Reasons.ItemUnknown : Reasons.BadField).At("item")]);
        }

        // Decided before a byte is read: nobody fills the disk with files he may not place.
        var ask = AskOf(id, record, item, purpose);
        if (await asking.JudgeAsync(caller, ask, again: false, ct) is not { } judged)
        {
            return Reasons.SignInNeeded;
        }

        if (!judged.Decision.IsPermit || judged.Customer?.Records.FirstOrDefault(one => one.Id == record) is not { } target)
        {
            await asking.RecordAsync(judged, ct);
            return judged.Decision.IsPermit ? Reasons.NotFound : judged.Decision.ToProblem();
        }

        var compartment = target.Items.FirstOrDefault(one => one.Key == item)?.Compartment
            ?? (judged.Minor ? Compartment.Sensitive : definition.Definition.Level.Compartment());
        var place = new FilePlace(target.Owner, record, item, version + 1, compartment);
        StoredFile stored;
        using (var keys = await keyring.OpenAsync(new KeyOwner(target.Owner.Value), ct))
        {
            if (keys is null)
            {
                return Reasons.KeysUnavailable;
            }

            stored = await files.WriteAsync(keys, place, body, ct);
        }

        var change = new ItemChange(record, item, version, stored.Id.ToString());
        return await corrections.ApplyAsync(caller, ask, [change], claim: null, tx => files.AttachAsync(tx, stored.Id, place), ct) switch
        {
            Outcome<CorrectAnswer>.Done { Value: var done } => new FileAnswer(done.Customer, stored.Id, record, item, version + 1, done.Entry),
            Outcome<CorrectAnswer>.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static readonly ItemKey NoItem = ItemKey.Of("none");

    private static readonly CustomerId Nobody = CustomerId.From(UInt128.Zero);

    private static Ask AskOf(CustomerId id, RecordId record, ItemKey item, PurposeKey purpose) => new(Act.Correct, UseFacts.Correct)
    {
        Customer = id,
        Purpose = purpose,
        Records = new HashSet<RecordId> { record },
        Items = new HashSet<ItemKey> { item },
        EvenAbsent = true,
        Whole = true,
    };

    private async Task<bool> IsOfAsync(StoredFile? stored, CustomerId id, CancellationToken ct) =>
        stored is not null && await asking.ReadAsync(id, ReadScope.Outline, ct) is { } customer
        && customer.Records.Any(record => record.Id == stored.Place.Record && record.Owner == stored.Place.Customer);

    private async Task<bool> StillAsync(Judged judged, CancellationToken ct) =>
        await customers.ReadAsync(judged.Customer!.Id, ReadScope.Outline, ct) is { } now
        && now.Version == judged.Customer.Version && now.ConfigEpoch == judged.Knowledge.Epoch;

    private async Task<Results<EmptyHttpResult, ProblemHttpResult>> OpenAsync(
        CustomerId id, FileId file, FileOpenRequest ask, Caller caller, HttpContext context, CancellationToken ct)
    {
        var (opened, problem) = await RuleAsync(id, file, ask, caller, ct);
        if (opened is null)
        {
            return problem!.ToResult();
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.ContentDisposition = "attachment";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await SendAsync(opened, context.Response.Body, ct);
        return TypedResults.Empty;
    }

    private static async Task<Results<Ok<FileAnswer>, ProblemHttpResult>> Answer(Task<Outcome<FileAnswer>> outcome) => await outcome switch
    {
        Outcome<FileAnswer>.Done done => TypedResults.Ok(done.Value),
        Outcome<FileAnswer>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal sealed record OpenedFile(StoredFile Stored, Judged Judged);
}
