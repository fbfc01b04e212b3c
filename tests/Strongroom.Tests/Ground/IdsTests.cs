using System.Text.Json;
using Strongroom.Ground;

namespace Strongroom.Tests.Ground;

public sealed class IdsTests
{
    [Fact]
    public void An_id_survives_text_bytes_and_json()
    {
        var id = CustomerId.New();
        Assert.True(CustomerId.TryParse(id.ToString(), null, out var read));
        Assert.Equal(id, read);
        Assert.Equal(id, CustomerId.From(id.Bytes));
        Assert.Equal(id, JsonSerializer.Deserialize<CustomerId>(JsonSerializer.Serialize(id)));
        Assert.Equal(32, id.ToString().Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    public void Anything_else_is_not_an_id(string text)
    {
        Assert.False(CustomerId.TryParse(text, null, out _));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<CustomerId>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void Enums_are_kebab_case_and_never_numbers()
    {
        Assert.Equal("\"service-content\"", JsonSerializer.Serialize(Category.ServiceContent));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Category>("3"));
        Assert.Equal(ConsentState.SeparateGiven, Kebab.Parse<ConsentState>("separate-given"));
    }

    [Theory]
    [InlineData("id_no", true)]
    [InlineData("pnr-name", true)]
    [InlineData("1st", false)]
    [InlineData("Mobile", false)]
    [InlineData("", false)]
    public void Names_are_lower_case(string text, bool valid) => Assert.Equal(valid, ItemKey.TryParse(text, null, out _));
}
