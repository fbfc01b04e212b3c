using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Policies;

namespace Strongroom.Collect.Intake;

/// <summary>
/// Whether the approval that a running import rests on still stands (R41): asked in each transaction that writes of it, so that whoever takes it back, on
/// whatever node, stops the import at its next group, and no group is written by half.
/// </summary>
internal sealed class FileGrants(ControlStore control)
{
    /// <summary>Its last use was this import itself, and its end may pass while the file is read.</summary>
    public async Task<bool> StandsAsync(Tx tx, ApprovalId id) =>
        await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(ApprovalDesk.Kind, id)) is { Content.State: not (ApprovalState.Revoked or ApprovalState.Void) };
}

/// <summary>Undoes the transaction: the approval of the file was taken back.</summary>
internal sealed class FileRevokedException() : Exception("The approval that the import rests on was taken back.");
