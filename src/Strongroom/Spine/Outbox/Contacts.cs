using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Outbox;

/// <summary>Content of the control row <c>contact</c>: a person's notice address, sealed under a label that names the person.</summary>
/// <param name="Email">Empty: none.</param>
/// <param name="Former">The address before the last change, which is told of the change.</param>
internal sealed record ContactContent(byte[] Email, byte[] Former);

/// <summary>Where notices reach a person. The address is personal: sealed in the row, opened when a letter leaves, never in log or outbox.</summary>
internal sealed class Contacts(Members members, ControlStore rows, ISecretSealer sealer, Outbox outbox, TimeProvider time)
{
    public const string Kind = "contact";
    public const string Changed = "contact-changed";

    private const long DayMs = 24 * 3_600_000L;

    /// <summary>The address for a notice of this kind; null when there is none or its row does not count.</summary>
    public async Task<string?> FindAsync(Tx tx, PersonId person, NoticeTemplate? template = null)
    {
        var row = await rows.LoadAsync<ContactContent>(tx, ControlKey.Of(Kind, person));
        var sealedAddress = template == NoticeTemplates.ContactChanged ? row?.Content.Former : row?.Content.Email;
        return sealedAddress is { Length: > 0 } ? Encoding.UTF8.GetString(sealer.Open(Use(person), sealedAddress)) : null;
    }

    /// <summary>Sets or clears an address. The old one is told, so that nobody is silently cut off from his notices (ASVS 6.3.7).</summary>
    /// <param name="email">Null or empty: no notices by mail.</param>
    public Task<Outcome<bool>> SetAsync(Actor actor, PersonId person, string? email, CancellationToken ct)
    {
        var address = string.IsNullOrWhiteSpace(email) ? "" : Email.Normalise(email.Trim());
        if (address is null)
        {
            return Task.FromResult<Outcome<bool>>(Problem.Of([Reasons.BadField.At("email")]));
        }

        return members.ChangeAsync<bool>(async tx =>
        {
            if (await members.LoadAsync<PersonContent>(tx, Members.Person, person.Value) is not { Content.State: not MemberState.Closed })
            {
                return Reasons.NotFound;
            }

            var key = ControlKey.Of(Kind, person);
            var before = await rows.LoadForUpdateAsync<ContactContent>(tx, key);

            // Who changes it twice in a day must not become the one who is told of the first change.
            var told = await OutboxStore.AnySinceAsync(tx, NoticeTemplates.ContactChanged.Key, person, time.NowMs() - DayMs);
            var former = told && before is { Content.Former.Length: > 0 } ? before.Content.Former : before?.Content.Email ?? [];
            if (before is { Content.Email.Length: > 0 })
            {
                await outbox.AddAsync(tx, new Notice(NoticeTemplates.ContactChanged, person, [NoticeValue.Instant("at", time.NowMs())]));
            }

            var content = new ContactContent(
                address.Length == 0 ? [] : sealer.Seal(Use(person), Encoding.UTF8.GetBytes(address)), former);
            await members.SaveAsync(tx, Kind, person.Value, before?.Version ?? 0, content, IdentityFacts.Of(Changed, actor));
            return true;
        }, ct);
    }

    private static string Use(PersonId person) => $"contact/{person}";
}
