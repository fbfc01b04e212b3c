using Strongroom.Collect;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Server.Host;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;
using Strongroom.Spine.Identity.Duties;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Server.Verbs;

/// <summary>The first rows of an installation: its catalogue and the policies that the packs' posts stand for.</summary>
internal static class Seed
{
    public static async Task WriteAsync(
        IServiceProvider services, InformationCatalogue catalogue, NoticeParty party, PersonId author, Strength administerBy, IReadOnlyList<string>? office, int coOperators,
        CancellationToken ct)
    {
        var database = services.GetRequiredService<Database>();
        await database.WriteAsync(tx => ClockWatch.FirstAsync(tx, services.GetRequiredService<IMac>(), services.GetRequiredService<TimeProvider>()), ct);
        var catalogues = services.GetRequiredService<Catalogues>();
        await database.WriteAsync(tx => catalogues.SaveAsync(tx, catalogue, LogActor.System), ct);
        var policies = services.GetRequiredService<PolicyStore>();
        var contents = PostPolicies.Of(catalogue, administerBy, office, coOperators).ToList();
        if (administerBy != AccessPolicy.DefaultAdminister.Strength)
        {
            // Said by whoever installs, and a row like any other: it can be seen, and taken back.
            contents.Add(PolicyContent.Of(PolicyKind.Factor, "administration", new FactorRow(administerBy, Level: null, AccessPolicy.DefaultAdminister.MaxAgeMs)));
        }

        var nda = services.GetRequiredService<NdaDesk>();
        var published = new LogFact { Act = FactName.Of(DutyFacts.NdaPublished), Actor = LogActor.System };
        await database.WriteAsync(tx => nda.PublishAsync(tx, NdaDefaults.Text.Zh, NdaDefaults.Text.En, NdaDefaults.TermDays, published), ct);
        var fact = new LogFact
        {
            Act = FactName.Of("policy-seeded"), Actor = LogActor.System,
            Reasons = coOperators == CoOperatorRow.Usual ? [] : [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"co-operators.{coOperators}")],
        };
        var saved = await database.WriteAsync(tx => policies.PutAsync(tx, contents, fact), ct);
        if (saved is not PolicySaved.Done)
        {
            throw saved is PolicySaved.NotUnderstood { Path: "network/zones" }
                ? new SetupException("--office 的网段写法不对,例如 203.0.113.0/24。", "--office takes networks such as 203.0.113.0/24.")
                : new SetupException("初始策略没有写入。", $"The first policies were not accepted: {saved}.");
        }

        // Forms and notices come as drafts: opening them takes two people, here as everywhere (R21).
        var forms = services.GetRequiredService<CollectSeed>();
        await database.WriteAsync(tx => forms.InstallAsync(tx, catalogue, party, new SeedBy(LogActor.System, author, OpenedBy: null)), ct);
    }
}
