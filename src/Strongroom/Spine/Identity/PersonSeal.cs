using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity;

/// <summary>Seals what is personal about staff inside their control rows, each under a label that names the person.</summary>
internal sealed class PersonSeal(ISecretSealer sealer)
{
    public byte[] Seal(PersonId person, PersonNames names) => sealer.Seal(Use(person), JsonSerializer.SerializeToUtf8Bytes(names));

    public PersonNames Open(PersonId person, PersonContent content) =>
        JsonSerializer.Deserialize<PersonNames>(sealer.Open(Use(person), content.Names))
        ?? throw new BrokenSealException("person");

    private static string Use(PersonId person) => $"person/{person}";
}
