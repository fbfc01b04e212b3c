using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Tests.Spine.Audit;

public sealed class LogHeaderTests
{
    private static readonly LogHeader Full = new(
        EntryId.From(1), 1_790_000_000_000, "node-1",
        new LogFact
        {
            Act = FactName.Of(Act.View),
            Actor = LogActor.Of(PersonId.From(2)),
            Purpose = PurposeKey.Of("fulfil"),
            Items = [ItemKey.Of("mobile"), ItemKey.Of("name")],
            Decision = Verdict.Permit,
            Reasons = ["access.purpose"],
            Approvals = [ApprovalId.From(3)],
            Authorisations = [AuthorisationId.From(4)],
            Count = 5,
            Channel = ChannelId.From(6),
            Zone = "office",
            Rows = [new RowDigest("role", 7, 8, new byte[32])],
        },
        CustomerReference.From(new byte[32]), new byte[32]);

    /// <summary>The bytes are hashed for ever, so their form may never change.</summary>
    [Fact]
    public void TheCanonicalForm_IsThis()
    {
        const string Zero = "0000000000000000000000000000000000000000000000000000000000000000";
        var expected = "{\"v\":1,\"id\":\"00000000000000000000000000000001\",\"at\":1790000000000,\"act\":\"view\","
            + "\"actor\":{\"kind\":\"person\",\"id\":\"00000000000000000000000000000002\"},"
            + $"\"customer\":\"{Zero}\",\"purpose\":\"fulfil\",\"items\":[\"mobile\",\"name\"],\"decision\":\"permit\","
            + "\"reasons\":[\"access.purpose\"],\"approvals\":[\"00000000000000000000000000000003\"],"
            + "\"authorisations\":[\"00000000000000000000000000000004\"],\"count\":5,"
            + "\"origin\":{\"node\":\"node-1\",\"channel\":\"00000000000000000000000000000006\",\"zone\":\"office\"},"
            + $"\"rows\":[{{\"table\":\"role\",\"id\":\"00000000000000000000000000000007\",\"version\":8,\"digest\":\"{Zero}\"}}],"
            + $"\"details\":\"{Zero}\"}}";
        Assert.Equal(expected, Encoding.UTF8.GetString(Full.ToBytes()));
        Assert.True(LogHeader.TryParse(Full.ToBytes(), out var read));
        Assert.Equal(Full.ToBytes(), read.ToBytes());
    }

    [Fact]
    public void AnyChangedByte_IsAnotherHeaderOrNone() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(
        Gen.Choose(0, Full.ToBytes().Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, value))).ToArbitrary(), change =>
        {
            var bytes = Full.ToBytes();
            bytes[change.at] = (byte)change.value;
            if (LogHeader.TryParse(bytes, out var header))
            {
                Assert.Equal(bytes, header.ToBytes());
            }
        }));

    [Fact]
    public void RandomBytes_NeverThrow() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll<byte[]>(bytes =>
        Assert.False(LogHeader.TryParse(bytes, out _))));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"v\":1,\"id\":null,\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"system\"},\"items\":[null],\"count\":1,\"origin\":{\"node\":null}}")]
    [InlineData("{\"v\":1,\"v\":1}")]
    [InlineData("{\"v\":2,\"id\":\"00000000000000000000000000000001\",\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"system\"},\"count\":1,\"origin\":{\"node\":\"n\"}}")]
    [InlineData("{\"v\":1,\"id\":\"00000000000000000000000000000001\",\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"system\"},\"count\":1,\"origin\":{\"node\":\"n\"},\"extra\":1}")]
    [InlineData("{\"v\":1,\"id\":\"00000000000000000000000000000001\",\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"system\"},\"count\":1.0,\"origin\":{\"node\":\"n\"}}")]
    [InlineData("{\"v\":1,\"id\":\"00000000000000000000000000000001\",\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"system\"},\"count\":1,\"origin\":{\"node\":\"n\"}} ")]
    [InlineData("{\"v\":1,\"id\":\"00000000000000000000000000000001\",\"at\":1,\"act\":\"view\",\"actor\":{\"kind\":\"0\"},\"count\":1,\"origin\":{\"node\":\"n\"}}")]
    public void OtherSpellings_AreRefused(string json) => Assert.False(LogHeader.TryParse(Encoding.UTF8.GetBytes(json), out _));
}
