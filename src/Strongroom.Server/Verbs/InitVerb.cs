using System.CommandLine;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Server.Host;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Server.Verbs;

/// <summary><c>strongroom init</c>: root key, epoch store, keyring, schema, catalogue, first entity and two administrators. Once; never over something.</summary>
internal static class InitVerb
{
    private static readonly Option<DirectoryInfo> Keys = new("--keys") { Description = "Folder for root key and epoch store, outside the data folder. 密钥目录", Required = true };
    private static readonly Option<string[]> EpochStores = new("--epoch-store") { Description = "Further epoch holders (production: three in all).", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Anchors = new("--anchor") { Description = "Folder that the log is shipped to; mount it from another machine.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Packs = new("--packs") { Description = "Packs, comma-separated: airline travel telecom hotel general.", DefaultValueFactory = _ => "general" };
    private static readonly Option<DirectoryInfo?> PacksFolder = new("--packs-folder") { Description = "Folder of the packs; the shipped ones without." };
    private static readonly Option<string> Company = new("--company") { Description = "Registered name of the first legal entity.", DefaultValueFactory = _ => "Strongroom" };
    private static readonly Option<string?> Contact = new("--contact") { Description = "How customers reach the company; stands in every notice (PIPL 17)." };
    private static readonly Option<string?> Officer = new("--officer") { Description = "Contact of the personal information protection officer (PIPL 52)." };
    private static readonly Option<string> Origin = new("--log-origin") { Description = "Name of the log, e.g. log.example.com/strongroom.", DefaultValueFactory = _ => "strongroom.invalid/log" };
    private static readonly Option<string[]> Office = new("--office") { Description = "Networks of the company besides private ones, e.g. 203.0.113.0/24; administration happens there. 公司网段", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Locale = new("--locale") { Description = "zh or en for the first administrators.", DefaultValueFactory = _ => Terminal.Locale };

    private static readonly Option<Strength> AdministerBy = new("--administer-by")
    {
        Description = "Proof that administration asks for: passkey (default; needs a browser and --public-origin) or second-factor. 管理操作要求的验证",
        DefaultValueFactory = _ => Strength.Passkey,
        CustomParser = result => Kebab.TryParse<Strength>(result.Tokens.Single().Value, out var strength) && strength >= Strength.SecondFactor
            ? strength : Wrong(result),
    };

    private static readonly Option<int> CoOperators = new("--co-operators")
    {
        Description = "Who could approve and are on duty, for each step of a scene: 2, or 1 in a company that has only one (reported as a deviation). 每步授权在班人数",
        DefaultValueFactory = _ => CoOperatorRow.Usual,
        CustomParser = result => result.Tokens.Single().Value is "1" or "2" ? result.Tokens.Single().Value[0] - '0' : WrongCount(result),
    };

    public static Command Command(Terminal terminal)
    {
        var command = new Command("init", "Make a new installation. 新建安装")
        {
            ServeVerb.Data, Keys, EpochStores, Anchors, Packs, PacksFolder, Company, Contact, Officer, Origin, Office, Locale, AdministerBy, CoOperators, ServeVerb.Database, ServeVerb.Keyring, ServeVerb.PassphraseFile,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var keys = parsed.GetRequiredValue(Keys).FullName;
            var options = new ServeOptions
            {
                DataFolder = parsed.GetRequiredValue(ServeVerb.Data).FullName,
                Database = parsed.GetValue(ServeVerb.Database),
                Keyring = parsed.GetValue(ServeVerb.Keyring),
                PassphraseFile = parsed.GetValue(ServeVerb.PassphraseFile),
            };
            var settings = new Settings
            {
                Root = options.PassphraseFile is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("STRONGROOM_PASSPHRASE")) ? RootKind.KeyFile : RootKind.PassphraseFile,
                RootFile = Path.Combine(keys, "root.key"),
                EpochStores = [Path.Combine(keys, "epochs"), .. (parsed.GetValue(EpochStores) ?? []).Select(Path.GetFullPath)],
                Anchors = [.. (parsed.GetValue(Anchors) ?? []).Select(Path.GetFullPath)],
                LogOrigin = parsed.GetValue(Origin)!,
                Packs = parsed.GetValue(Packs)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            };
            var catalogue = await PackVerb.MergeAsync(PackVerb.Folder(parsed.GetValue(PacksFolder)), settings.Packs, terminal);
            if (catalogue is null)
            {
                return CommandLine.FoundWrong;
            }

            var company = parsed.GetValue(Company)!;
            var party = new NoticeParty(company, parsed.GetValue(Contact) ?? company, parsed.GetValue(Officer) ?? company);
            var made = await MakeAsync(options, settings, catalogue, company, parsed.GetValue(Locale)!, ct, party, parsed.GetValue(AdministerBy), parsed.GetValue(Office), parsed.GetValue(CoOperators));
            await TellAsync(terminal, options, made);
            return CommandLine.Done;
        });
        return command;
    }

    private static Strength Wrong(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError("--administer-by: passkey | second-factor");
        return Strength.Passkey;
    }

    private static int WrongCount(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError("--co-operators: 1 | 2");
        return CoOperatorRow.Usual;
    }

    /// <summary>What a new installation hands over once.</summary>
    /// <param name="LogKey">The log's verifier key, for the auditor to pin.</param>
    public sealed record Made(IReadOnlyList<FirstAdministrator> Administrators, FirstOrganisation Organisation, string LogKey);

    public static async Task<Made> MakeAsync(
        ServeOptions options, Settings settings, InformationCatalogue catalogue, string company, string locale, CancellationToken ct, NoticeParty? party = null, Strength administerBy = Strength.Passkey,
        IReadOnlyList<string>? office = null, int coOperators = CoOperatorRow.Usual)
    {
        if (File.Exists(Settings.PathIn(options.DataFolder)))
        {
            throw new SetupException(
                $"{options.DataFolder} 里已有安装,不会覆盖。", $"{options.DataFolder} already holds an installation; it is never written over.");
        }

        await using var installation = await Installation.CreateAsync(options, settings, TimeProvider.System, ct);
        await using var app = StrongroomHost.Build(installation, options, TimeProvider.System);
        var services = app.Services;
        var begun = await services.GetRequiredService<Bootstrap>()
            .BeginAsync(company, [("admin-1", "Administrator 1"), ("admin-2", "Administrator 2")], locale, ct);
        if (begun is not Outcome<FirstOrganisation>.Done { Value: var organisation })
        {
            throw new SetupException("数据库里已有一个安装,不会覆盖。", "The database already holds an installation; it is never written over.");
        }

        await Seed.WriteAsync(services, catalogue, party ?? new NoticeParty(company, company, company), organisation.Administrators[0].Person, administerBy, office, coOperators, ct);
        settings.Save(options.DataFolder);
        var key = new VerifierKey(settings.LogOrigin, installation.Keyring.Signer.PublicKey(SigningKey.Log)).ToString();
        return new Made(organisation.Administrators, organisation, key);
    }

    private static async Task TellAsync(Terminal terminal, ServeOptions options, Made made)
    {
        await terminal.SayAsync($"安装完成:{options.DataFolder}", $"Installed in {options.DataFolder}");
        foreach (var admin in made.Administrators)
        {
            await terminal.SayAsync($"  管理员 {admin.Account}  初始密码(首次登录须更换,并绑定动态令牌)  {admin.StartPassword}",
                $"  administrator {admin.Account}  start password (to be changed at the first sign-in, with an authenticator app to enrol)  {admin.StartPassword}");
        }

        await terminal.SayAsync($"  日志公钥(交给审计员保管)  {made.LogKey}", $"  verifier key of the log (give it to your auditor)  {made.LogKey}");
        await terminal.SayAsync($"下一步:strongroom serve --data {options.DataFolder}", $"Next: strongroom serve --data {options.DataFolder}");
    }
}
