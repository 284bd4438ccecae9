using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using GpuSer.LibTorch.Tests;
using GpuSer.PtxEmulator;
using GpuSer.Reference;
using GpuSer.Training;

namespace GpuSer.Console.Tests.PublicApi;

/// <summary>
/// What the packages show to their users: the list beside this file, which changes only on purpose. GpuSer.LibTorch has none, because it shows what
/// TorchSharp does (its own tests compare them), and neither has the tool, which nobody references.
/// </summary>
public sealed class PublicApiTests
{
    // What the compiler adds to every record says nothing.
    private static readonly string[] OfEveryRecord =
        [".Equals(", ".GetHashCode(", ".ToString(", ".op_Equality(", ".op_Inequality(", ".Deconstruct(", ".<Clone>$(", ".PrintMembers(", ".EqualityContract "];

    public static TheoryData<string> Assemblies => ["GpuSer", "GpuSer.Training", "GpuSer.PtxEmulator"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_the_approved_one(string name)
    {
        string approved = Path.Combine(Golden.Repository, "tests", "GpuSer.Console.Tests", "PublicApi", name + ".txt");
        string found = Path.Combine(Path.GetTempPath(), name + ".api.txt");
        string[] lines = [.. Surface(Of(name))], expected = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        if (lines.SequenceEqual(expected))
        {
            return;
        }

        File.WriteAllLines(found, lines);
        Assert.Fail(
            $"The public surface of {name} has changed. Make internal what users have no need of; where the change is meant: cp {found} {approved}\n"
            + string.Join('\n', lines.Except(expected).Select(line => "+ " + line).Concat(expected.Except(lines).Select(line => "- " + line))));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Whether_threads_may_share_it_is_said_of_every_class_with_state(string name)
    {
        Assembly assembly = Of(name);
        XDocument documentation = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        ILookup<string, XElement> members = documentation.Descendants("member").ToLookup(member => member.Attribute("name")!.Value);
        string[] silent =
        [
            .. assembly.GetExportedTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && !IsRecord(type) && !type.IsSubclassOf(typeof(Exception)) && !type.IsSubclassOf(typeof(Delegate)))
                .Where(type => !members["T:" + type.FullName!.Replace('+', '.')].Any(text => text.Value.Contains("thread", StringComparison.OrdinalIgnoreCase)))
                .Select(type => type.FullName!),
        ];
        Assert.Empty(silent);
    }

    private static Assembly Of(string name) => name switch
    {
        "GpuSer" => typeof(FeatureExtractor).Assembly,
        "GpuSer.Training" => typeof(Trainer).Assembly,
        _ => typeof(EmulatedCudaDriver).Assembly,
    };

    private static IEnumerable<string> Surface(Assembly assembly) => assembly.GetExportedTypes()
        .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)))
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => ApiNotation.Of(type)
            .Where(line => !IsRecord(type) || !OfEveryRecord.Any(line.Contains))
            .Order(StringComparer.Ordinal));

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;
}
