using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Duties;

/// <summary>Content of the control row <c>nda-text</c>: one version of the confidentiality agreement, in both languages. Versions are never changed.</summary>
/// <param name="TermDays">How long a signature counts.</param>
/// <param name="Published">UTC milliseconds.</param>
internal sealed record NdaText(int Version, string Zh, string En, int TermDays, long Published)
{
    public const string RowKind = "nda-text";

    public static ControlKey KeyOf(int version) => ControlKey.Named(RowKind, $"v{version.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    public string? In(string? language) => language switch
    {
        "zh" => Zh,
        "en" => En,
        _ => null,
    };

    /// <summary>SHA-256, lower hex, of the canonical JSON of version, term, language and words: what a signature is bound to.</summary>
    public string Digest(string language) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(
        JsonSerializer.SerializeToElement(new { version = Version, termDays = TermDays, language, text = In(language) })))));
}

/// <summary>
/// The confidentiality agreement (R81): published by the data protection officer, signed by each person himself in his own session, bound to
/// the words he read, with an end. Without one in force nothing is shown in clear.
/// </summary>
internal sealed class NdaDesk(Database database, ControlStore control, Members members, PersonSeal seal, IAuditLog log, TimeProvider time)
{
    public const int LongestTermDays = 1_100;
    private const int LongestText = 20_000;
    private const long Day = 86_400_000;

    /// <summary>The version in force; null before the first.</summary>
    public Task<NdaText?> CurrentAsync(CancellationToken ct) => database.ReadAsync(CurrentAsync, ct);

    /// <summary>The actor's signature; null when he has none.</summary>
    public async Task<DutyContent?> OwnAsync(Actor actor, CancellationToken ct) =>
        (await database.ReadAsync(tx => control.LoadAsync<DutyContent>(tx, DutyContent.KeyOf(actor.Person, DutyContent.Nda)), ct).ConfigureAwait(false))?.Content;

    public Task<Outcome<NdaText>> PublishAsync(Actor actor, string? zh, string? en, int termDays, CancellationToken ct)
    {
        var faults = new List<FieldError>();
        foreach (var (at, text) in new[] { ("zh", zh), ("en", en) })
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > LongestText)
            {
                faults.Add((string.IsNullOrWhiteSpace(text) ? Reasons.FieldMissing : Reasons.FieldLong).At(at));
            }
        }

        if (termDays is < 1 or > LongestTermDays)
        {
            faults.Add(Reasons.BadField.At("termDays"));
        }

        return faults.Count > 0
            ? Task.FromResult<Outcome<NdaText>>(Problem.Of(faults))
            : members.ChangeAsync(tx => PublishAsync(tx, zh!.Trim(), en!.Trim(), termDays, IdentityFacts.Of(DutyFacts.NdaPublished, actor)), ct);
    }

    /// <summary>The next version, in the caller's transaction.</summary>
    public async Task<Outcome<NdaText>> PublishAsync(Tx tx, string zh, string en, int termDays, LogFact fact)
    {
        var next = new NdaText(((await CurrentAsync(tx))?.Version ?? 0) + 1, zh, en, termDays, time.NowMs());
        return await control.SaveAsync(tx, NdaText.KeyOf(next.Version), 0, next, fact) is ControlSaved.Done ? next : throw Members.Refused(Reasons.RowChanged);
    }

    /// <summary>Signs for the actor: in a session of his own, the present version, the very words he read, confirmed by writing his name.</summary>
    public Task<Outcome<DutyContent>> SignAsync(Actor actor, int version, string? language, string? digest, string? name, CancellationToken ct) =>
        members.ChangeAsync<DutyContent>(async tx =>
        {
            if (actor is not { Kind: ActorKind.Person, Session: { } session })
            {
                return Reasons.ActUngranted;
            }

            if (await CurrentAsync(tx) is not { } text)
            {
                return Reasons.NdaNone;
            }

            if (text.Version != version || text.In(language) is null || text.Digest(language!) != digest)
            {
                return Reasons.NdaChanged;
            }

            if (await members.LoadAsync<PersonContent>(tx, Members.Person, actor.Person.Value) is not { } person
                || !string.Equals(seal.Open(actor.Person, person.Content).Display, name?.Trim(), StringComparison.Ordinal))
            {
                return Problem.Of([Reasons.NdaName.At("name")]);
            }

            var now = time.NowMs();
            var signed = new DutyContent(actor.Person, DutyContent.Nda, now + (text.TermDays * Day))
            {
                At = now, Text = new SignedText(version, language!, digest!, session, actor.Strength, actor.StrengthAt),
            };
            var before = await control.LoadForUpdateAsync<DutyContent>(tx, signed.Key);
            return await control.SaveAsync(tx, signed.Key, before?.Version ?? 0, signed, IdentityFacts.Of(DutyFacts.NdaSigned, actor)) is ControlSaved.Done
                ? signed
                : throw Members.Refused(Reasons.RowChanged);
        }, ct);

    /// <summary>Everybody's duties as they stand, for who answers for them.</summary>
    public async Task<IReadOnlyList<DutyContent>> AllAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(DutyFacts.Read, actor), guard: null, ct).ConfigureAwait(false);
        return [.. (await database.ReadAsync(tx => control.ListAsync<DutyContent>(tx, DutyContent.Kind), ct).ConfigureAwait(false)).Rows.Select(row => row.Content)];
    }

    private async Task<NdaText?> CurrentAsync(Tx tx) => (await control.ListAsync<NdaText>(tx, NdaText.RowKind)).Rows
        .Where(row => row.Key == NdaText.KeyOf(row.Content.Version)).Select(row => row.Content).MaxBy(text => text.Version);
}
