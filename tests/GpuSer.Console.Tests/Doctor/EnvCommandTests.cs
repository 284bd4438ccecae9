using System.Collections;
using System.Text.Json;
using GpuSer.Console.Doctor;

namespace GpuSer.Console.Tests.Doctor;

public sealed class EnvCommandTests
{
    private static readonly string[] Keys =
        ["gpuser", "dotnet", "system", "cLibrary", "processor", "memory", "driver", "gpu", "libtorch", "blas", "sndFile", "decoder", "soxr", "espeak", "kernels"];

    [Fact]
    public void TheListAndTheDocumentSayTheSame()
    {
        ConsoleRun list = ConsoleRun.Of("env"), json = ConsoleRun.Of("env", "--json");
        Assert.Equal((ExitCode.Success, ExitCode.Success), (list.ExitCode, json.ExitCode));
        JsonProperty[] facts = [.. JsonDocument.Parse(json.Out).RootElement.EnumerateObject()];
        Assert.Equal(Keys, facts.Select(fact => fact.Name).Where(name => char.IsLower(name[0]) && !name.StartsWith("gpu1", StringComparison.Ordinal)));
        string[] lines = list.Out.TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.StartsWith("- ", line, StringComparison.Ordinal));
        Assert.Equal(facts.Select(fact => fact.Value.GetString() ?? "none"), lines.Select(line => line.Split(": ", 2)[1]));
        Assert.Matches(@"^\d+\.\d+\.\d+", facts[0].Value.GetString());
        Assert.Contains("sm_70", facts.Single(fact => fact.Name == "kernels").Value.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void NoNameOfAUserAHostOrAHomeIsInIt()
    {
        (string, string)[] environment =
        [
            ("HOME", "/srv/homes/zorro"), ("USER", "zorro"), ("LOGNAME", "zorro"), ("HOSTNAME", "hacienda"),
            ("LIBTORCH", "/srv/homes/zorro/libtorch"), ("GPUSER_SHARED", "/home/diego/shared:/data/zorro/shared"), ("GPUSER_NOTE", "zorro@hacienda"),
            ("OMP_WAIT_POLICY", "passive"), ("SECRET_TOKEN", "hush"),
        ];
        foreach (string[] arguments in (string[][])[["env"], ["env", "--json"]])
        {
            ConsoleRun run = ConsoleProcess.Of(Path.Combine(ConsoleProcess.Folder, "GpuSer.Console"), arguments, environment);
            Assert.True(run.ExitCode == ExitCode.Success, run.Error);
            foreach (string name in (string[])["zorro", "diego", "hacienda", "/home/", "/root", "hush"])
            {
                Assert.DoesNotContain(name, run.Out, StringComparison.Ordinal);
            }

            Assert.Contains("~/libtorch", run.Out, StringComparison.Ordinal);
            Assert.Contains("~/shared:/data/USER/shared", run.Out, StringComparison.Ordinal);
            Assert.Contains("USER@HOST", run.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/home/ann/lib:/home/ann-marie/lib", "~/lib:~/lib")]
    [InlineData("/opt/home/ann/lib", "/opt/home/USER/lib")]
    [InlineData("/root/x:/rootless", "~/x:/rootless")]
    [InlineData("annotation of ann", "annotation of USER")]
    [InlineData("vm and vmlinux on vm", "HOST and vmlinux on HOST")]
    [InlineData("Debian GNU/Linux 12", "Debian GNU/Linux 12")]
    public void NamesAreTakenOutWhereTheyAreNames(string value, string clean) =>
        Assert.Equal(clean, new Privacy(["/home/ann", "/root"], ["ann", null, ""], ["vm"]).Clean(value));

    [Fact]
    public void AMissingPartIsNoneAndTheOthersAreThere()
    {
        using GpuProbe none = Probes.Without();
        IReadOnlyList<EnvironmentFact> facts = EnvironmentFacts.Collect(none, new Hashtable { ["OMP_NUM_THREADS"] = "3", ["DOTNET_ROOT"] = "/usr" }, new Privacy([], [], []));
        Assert.Equal([.. Keys, "OMP_NUM_THREADS"], facts.Select(fact => fact.Key));
        Assert.Equal(["driver", "gpu"], facts.Where(fact => fact.Value is null).Select(fact => fact.Key).Where(key => key is not ("espeak" or "decoder")));
        using GpuProbe gpu = Probes.Working();
        Assert.Contains("compute capability", EnvironmentFacts.Collect(gpu, new Hashtable(), new Privacy([], [], [])).Single(fact => fact.Key == "gpu").Value, StringComparison.Ordinal);
    }
}
