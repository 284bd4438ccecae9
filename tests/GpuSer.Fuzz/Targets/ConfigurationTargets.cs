using System.Text;
using GpuSer.Console.Configuration;

namespace GpuSer.Fuzz.Targets;

/// <summary>Files of options, as people write them.</summary>
internal static class ConfigurationTargets
{
    private const string Options = """
        {
          "epochs": 10, "data": "recordings", "lr": 1e-4, // a comment
          "test-speakers": ["s1", "s2"], "seeds": [1, 2, 3], "freeze-features": true, "weights": null, "nested": {"a": [1, {"b": 2}]},
        }
        """;

    public static IEnumerable<FuzzTarget> All(string folder)
    {
        byte[] commented = Encoding.UTF8.GetBytes(Options), plain = Encoding.UTF8.GetBytes("""{"epochs":10,"data":"recordings","seeds":[1,2],"lr":0.5,"nested":{"a":[1]}}""");
        yield return new FuzzTarget("configuration", ".json", [commented, plain, [0xEF, 0xBB, 0xBF, .. plain]], path =>
        {
            foreach (Setting setting in ConfigurationFile.Read(path))
            {
                _ = setting.Shown;
            }
        })
        {
            Mutate = TextMutator.MutateJson,
        };
    }
}
