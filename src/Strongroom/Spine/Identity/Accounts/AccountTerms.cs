using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>On what terms an account is kept (R39, R42). Pure.</summary>
internal sealed record AccountTerms(AccountKind Kind, string? Partner = null, long? Ends = null, int? RowCeiling = null)
{
    public static readonly AccountTerms Employee = new(AccountKind.Employee);

    private const long LongestAssignment = 366L * 86_400_000;
    private const int LongestPartner = 120, LargestCeiling = 1_000;

    public IReadOnlyList<FieldError> Faults(long now)
    {
        var faults = new List<FieldError>();
        var outside = Kind == AccountKind.ThirdParty;
        if (outside ? Partner?.Trim() is not { Length: > 0 and <= LongestPartner } : Partner is not null)
        {
            faults.Add(Reasons.AccountTerms.At("partner"));
        }

        if (outside ? RowCeiling is not (> 0 and <= LargestCeiling) : RowCeiling is not null)
        {
            faults.Add(Reasons.AccountTerms.At("rowCeiling"));
        }

        if (Ends is { } end ? end <= now || (outside && end - now > LongestAssignment) : outside)
        {
            faults.Add(Reasons.AccountTerms.At("ends"));
        }

        if (!Enum.IsDefined(Kind))
        {
            faults.Add(Reasons.BadField.At("kind"));
        }

        return faults;
    }

    public PersonContent On(PersonContent person) => person with { Kind = Kind, Partner = Partner?.Trim(), Ends = Ends, RowCeiling = RowCeiling };

    /// <summary>An outsider holds nothing guarded; whoever runs systems works on no customers.</summary>
    public static Reason? MayHold(AccountKind kind, PostFacts post) => kind switch
    {
        AccountKind.ThirdParty when post.TakesTwo => Reasons.AccountKindPost,
        AccountKind.Operations when post.Operating => Reasons.AccountKindPost,
        _ => null,
    };
}
