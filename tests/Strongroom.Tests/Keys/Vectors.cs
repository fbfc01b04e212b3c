using System.Text.Json;

namespace Strongroom.Tests.Keys;

/// <summary>The checked-in answers of vectors/formats.json, made by vectors/make.py.</summary>
internal sealed class Vectors(string name)
{
    private static readonly JsonElement All = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(Repository.Root, "tests/Strongroom.Tests/Keys/vectors/formats.json"))).RootElement;

    private readonly JsonElement group = All.GetProperty(name);

    public string Text(string member) => group.GetProperty(member).GetString()!;

    public byte[] Hex(string member) => Convert.FromHexString(Text(member));

    public int Number(string member) => group.GetProperty(member).GetInt32();

    public long Long(string member) => group.GetProperty(member).GetInt64();

    public UInt128 Id(string member) => Strongroom.Keys.KeyOwner.FromBytes(Hex(member)).Id;
}
