using GpuSer.Reference;

namespace GpuSer.Console.Tests;

/// <summary>
/// The packages, packed once from what is built here, under a version that no cache can hold; the tool installed from them, and a project of a
/// user's that references them. Nothing is asked of the network: what the packages depend on is on this machine, because the build took it.
/// </summary>
public sealed class PackedPackages : IDisposable
{
    internal static readonly string[] Ids = ["GpuSer", "GpuSer.LibTorch", "GpuSer.PtxEmulator", "GpuSer.Tool", "GpuSer.Training"];

    public PackedPackages()
    {
        Packed = Dotnet(
            "pack", Path.Combine(Golden.Repository, "GpuSer.sln"), "--no-build", "-c", Configuration, "-v", "quiet", "-o", Folder["packages"],
            $"-p:PackageVersion={Version}", $"-p:NuspecOutputPath={Folder["nuspec"]}/");
        string known = ConsoleProcess.Of("dotnet", ["nuget", "locals", "global-packages", "--list"]).Out.Split(": ", 2)[1].Trim();
        File.WriteAllText(Folder["nuget.config"], $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Folder["packages"]}" /></packageSources>
              <fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    internal TemporaryFolder Folder { get; } = new();

    internal string Version { get; } = $"0.1.0-test.{Guid.NewGuid():n}";

    internal ConsoleRun Packed { get; }

    /// <summary>Installs the tool.</summary>
    /// <returns>Its executable.</returns>
    internal string InstallTool()
    {
        string folder = Folder["tools"], tool = Path.Combine(folder, "gpuser");
        if (!File.Exists(tool))
        {
            AssertDone(Dotnet("tool", "install", "GpuSer.Tool", "--version", Version, "--tool-path", folder, "--configfile", Folder["nuget.config"]));
        }

        return tool;
    }

    /// <summary>Runs the installed tool.</summary>
    internal ConsoleRun Tool(params string[] arguments) => ConsoleProcess.Of(InstallTool(), arguments);

    /// <summary>Makes a project that references packages, restores and builds it.</summary>
    /// <returns>Its assembly.</returns>
    internal string Build(string program, params string[] packages)
    {
        Directory.CreateDirectory(Folder["consumer"]);
        File.WriteAllText(Folder["consumer", "Program.cs"], program);
        File.WriteAllText(Folder["consumer", "Consumer.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>{string.Concat(packages.Select(id => $"<PackageReference Include=\"{id}\" Version=\"[{Version}]\" />"))}</ItemGroup>
            </Project>
            """);
        AssertDone(Dotnet("build", Folder["consumer"], "-c", "Release", "-v", "quiet", "-o", Folder["consumer", "out"]));
        return Folder["consumer", "out", "Consumer.dll"];
    }

    public void Dispose() => Folder.Dispose();

    internal static void AssertDone(ConsoleRun run) => Assert.True(run.ExitCode == 0, run.Out + run.Error);

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name == "debug" ? "Debug" : "Release";

    // A server that outlives the command would hold its output open.
    private ConsoleRun Dotnet(params string[] arguments) => ConsoleProcess.Of(
        "dotnet", arguments, ("NUGET_PACKAGES", Folder["cache"]), ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"));
}
