namespace Strongroom.Spine.Access;

/// <summary>Reasons of the review of candidates and merges.</summary>
public static partial class Reasons
{
    public static readonly Reason MergeUnlike = new("merge.unlike", "这两位客户不能合并:一方已合并,或一方是个人、一方是单位。请刷新后再看。",
        "These two cannot be merged: one has been merged already, or one is a person and one an organisation. Reload and look again.")
    {
        Status = 409,
    };

    public static readonly Reason MergeOwn = new("merge.own", "其中一方的资料是您自己录入的,请由另一位同事来合并。",
        "You took in the information of one of them yourself. Ask a colleague to merge them.");

    public static readonly Reason MergeLater = new("merge.later", "之后还有一次合并建立在它上面,请先撤销后一次。",
        "A later merge stands on this one. Undo that one first.")
    {
        Status = 409,
    };
}
