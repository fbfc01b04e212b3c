using System.Text;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Formats;
using Strongroom.Keys.Rings;

namespace Strongroom.Tests.Fuzz;

/// <summary>Everything sealed: value, wrap, file, secret, erasure statement. Whatever is changed, it does not open, and it says so quietly.</summary>
internal sealed class SealTargets : IDisposable
{
    private const string Plain = "13812345678";
    private static readonly SealScope Scope = new(new KeyOwner(77), 9, "mobile", 2, Compartment.General);
    private readonly CustomerKeys keys;
    private readonly SystemKeys system;
    private readonly GcmKey parent;

    public SealTargets()
    {
        // Fixed keys: a kept seed is of use only while the seals around it are the same.
        keys = new CustomerKeys(new OpenCustomer(5, new KeyOwner(77), Bytes(8, 1), Bytes(32, 2), Bytes(32, 3), Bytes(32, 4)));
        var secrets = SystemKeys.Names.ToDictionary(name => name, name => SecretBytes.CopyOf(Bytes(32, (byte)name.Length)));
        system = new SystemKeys(5, secrets);
        foreach (var secret in secrets.Values)
        {
            secret.Dispose();
        }

        parent = new GcmKey(Bytes(32, 6));
    }

    public IEnumerable<FuzzTarget> All()
    {
        var value = keys.Seal(Scope, Encoding.UTF8.GetBytes(Plain));
        yield return new FuzzTarget("seal-value", [value], ["SV", "A1", "S1", "\u0001"], bytes =>
        {
            var opens = keys.TryOpen(Scope, bytes, out var plain);
            Assert.Equal(bytes.AsSpan().SequenceEqual(value), opens);
            Assert.True(opens || plain.Length == 0);
            return $"{opens} {Math.Min(bytes.Length, 45)}";
        });

        var wrap = KeyWrap.Wrap(parent, 5, Binding(), Bytes(32, 7));
        yield return new FuzzTarget("seal-wrap", [wrap], ["SW", "A1", "S1", "\u0001"], bytes =>
        {
            using var key = new SecretBytes(32);
            var opens = KeyWrap.TryUnwrap(parent, 5, Binding(), bytes, key.Span);
            Assert.Equal(bytes.AsSpan().SequenceEqual(wrap), opens);
            return $"{opens} {bytes.Length == wrap.Length}";
        });

        var secret = system.Seal("test/1", Encoding.UTF8.GetBytes(Plain));
        yield return new FuzzTarget("seal-secret", [secret], ["SS", "A1", "S1", "\u0001"], bytes =>
        {
            try
            {
                Assert.Equal(Plain, Encoding.UTF8.GetString(system.Open("test/1", bytes)));
                Assert.Equal(secret, bytes);
                return "opens";
            }
            catch (BrokenSealException)
            {
                return $"broken {Math.Min(bytes.Length, 40)}";
            }
        });

        var file = FileOf(70_000);
        yield return new FuzzTarget("seal-file", [file, FileOf(0), FileOf(65_536)], ["SF", "A1", "S1", "\u0001"], bytes =>
        {
            using var output = new MemoryStream();
            try
            {
                var length = keys.OpenFileAsync(Scope, new MemoryStream(bytes), output).GetAwaiter().GetResult();
                Assert.Equal(output.Length, length);
                Assert.All(output.ToArray(), b => Assert.Equal(0x41, b));
                return $"opens {length}";
            }
            catch (BrokenSealException e)
            {
                return e.Message;
            }
        });

        using var signer = Ed25519Key.FromSeed(Bytes(32, 8));
        var (publicKey, statement) = (signer.PublicKey, ErasureStatement.Sign(signer, "holder-1", 5, 3, 1_790_000_000_000).ToJson(signer.PublicKey));
        yield return new FuzzTarget("erasure-statement", [Encoding.UTF8.GetBytes(statement)], ["\"body\"", "\"sig\"", "\"value\"", "\"at\":", "null", "1e9", "\"\"", "{", "}"], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            var parsed = ErasureStatement.Parse(text);
            return parsed is null ? "no" : $"parsed {parsed.IsSignedBy(publicKey)}";
        });
    }

    public void Dispose()
    {
        keys.Dispose();
        system.Dispose();
        parent.Dispose();
    }

    private static KeyWrap.Binding Binding() => new(KeyWrap.UnderEpochKey, 1, "owner"u8, WrapUse.General, "key"u8);

    private byte[] FileOf(int length)
    {
        using var output = new MemoryStream();
        keys.SealFileAsync(Scope, new MemoryStream([.. Enumerable.Repeat((byte)0x41, length)]), output).GetAwaiter().GetResult();
        return output.ToArray();
    }

    private static byte[] Bytes(int count, byte value) => [.. Enumerable.Repeat(value, count)];
}
