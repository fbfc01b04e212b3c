using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>What ends with an account at once, in the transaction that closes it: API clients, delegations and the like.</summary>
internal interface IAccountEnding
{
    /// <param name="fact">An entry of whoever closes the account; rows and act are the ending's own.</param>
    Task EndAsync(Tx tx, PersonId person, LogFact fact);
}

/// <summary>API clients stop with their owner, who knows their tokens: suspended until somebody else answers for them (R43).</summary>
internal sealed class ClientsEnd(Members members) : IAccountEnding
{
    public async Task EndAsync(Tx tx, PersonId person, LogFact fact)
    {
        foreach (var client in await members.ListAsync<ClientContent>(tx, Members.Client))
        {
            if (client.Content.Owner == person && client.Content.State == MemberState.Active)
            {
                await members.SaveAsync(tx, Members.Client, client.Id, client.Version, client.Content with { State = MemberState.Suspended, Tokens = [] },
                    fact with { Act = FactName.Of(IdentityFacts.ClientSuspended) });
            }
        }
    }
}
