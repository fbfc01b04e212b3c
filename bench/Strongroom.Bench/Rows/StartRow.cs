using System.Text;
using System.Text.Json;
using Strongroom.Bench.Harness;
using Strongroom.Bench.Product;

namespace Strongroom.Bench.Rows;

/// <summary>How soon an existing installation answers.</summary>
internal static class StartRow
{
    private const string Measure = "process start to first view answered, s";

    public static readonly Row Start = new("start", [Row.Promise("start, existing data, PostgreSQL", Measure, Goal.Most(1.5))], async scene =>
    {
        var node = await scene.ProductAsync();
        var body = JsonSerializer.Serialize(new { purpose = "fulfil", items = People.Viewed, clear = People.Viewed });
        var seconds = new Series("s");
        var refusal = "";
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            await node.StopAsync();
            var took = await node.ServeAsync(async (caller, ct) =>
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await caller.PostAsync(new Uri($"/v1/customers/{node.Customers[0]}/view", UriKind.Relative), content, ct);
                refusal = answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync(ct);
                return true;
            }, scene.Stop);
            if (refusal.Length > 0)
            {
                throw new BenchException("the first view was refused: " + refusal);
            }

            seconds.Add(took.TotalSeconds);
            Scene.Say($"round {round + 1} start {took.TotalSeconds:0.00} s");
        }

        return [Line.Single("start, existing data, PostgreSQL", Measure, Goal.Most(1.5), seconds)];
    });
}
