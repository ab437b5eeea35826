import { launch } from "./harness/browsers.mjs";
import { shown, press, write, choose, text, isShown, visibleText } from "./journeys/travel.mjs";
import { execSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const O="http://127.0.0.1:8999", D="/tmp/chk/p";
const B="/work/w-check/.venv/bin/buzon-server";
const sleep=(ms)=>new Promise(r=>setTimeout(r,ms));
let server=null;
function start(){ server=spawn(B,["serve","--data",D+"/d","--intake","127.0.0.1:8999","--desk","127.0.0.1:8998"],{stdio:"ignore"}); }
function kill9(){ const kids=execSync(`ps -o pid= --ppid ${server.pid}`).toString().trim().split(/\s+/); const g=[]; for(const k of kids){ try{ g.push(...execSync(`ps -o pid= --ppid ${k}`).toString().trim().split(/\s+/)); }catch{} } for(const p of [server.pid,...kids,...g]) try{ process.kill(+p,"SIGKILL"); }catch{} }
async function up(){ for(let i=0;i<100;i++){ try{ await fetch(O+"/board/size"); return; }catch{ await sleep(200);} } throw new Error("no server"); }
const name=process.argv[2];
start(); await up();
const b=await launch(name); 
try{
const ctx=await b.createBrowserContext(); const page=await ctx.newPage(); await page.setViewport({width:360,height:740});
const errs=[]; page.on("pageerror",e=>errs.push(String(e))); page.on("dialog",d=>d.accept().catch(()=>0));
await page.goto(O+"/",{waitUntil:"load"}); 
await page.goto(O+"/escribir.html",{waitUntil:"load"}); await shown(page,"write");
await write(page,"#account","SENTENCIAPLANTADA de la corregidora; "+name);
kill9(); await sleep(300);
await press(page,"#send"); await shown(page,"sending-hurry",60); console.log("server dead at send:",(await visibleText(page)).replace(/\n+/g," | ").slice(0,300));
await page.screenshot({path:`/tmp/chk/k/${name}-dead.png`,fullPage:true});
await sleep(4000); start(); await up(); 
await shown(page,"sent",120); console.log("sent after restart");
const phrase=await page.evaluate(()=>[...document.querySelectorAll("#phrase-words li")].map(w=>w.textContent).join(" "));
await choose(page,["/tmp/chk/k/ARCHIVOPLANTADO.bin","/tmp/chk/k/b.txt"]); await page.waitForFunction(()=>document.querySelectorAll("#files-list li").length===2);
await press(page,"#files-send");
await page.waitForFunction(()=>/Van [1-9]/.test(document.getElementById("files-list").textContent),{timeout:120000,polling:20});
console.log(await text(page,"#files-list li"));
kill9(); await sleep(3000); console.log("killed:",(await visibleText(page)).replace(/\n+/g," | ").slice(-420)); await page.screenshot({path:`/tmp/chk/k/${name}-files-dead.png`,fullPage:true});
await sleep(3000); start(); await up();
await page.waitForFunction(()=>[...document.querySelectorAll("#files-list li")].every(l=>/Llegó/.test(l.textContent)),{timeout:180000}); console.log("files all arrived");
console.log((await visibleText(page)).replace(/\n+/g," | ").slice(-300));
writeFileSync(`/tmp/chk/k/${name}.phrase`,phrase);
// back and reload
await page.goto(O+"/acerca.html",{waitUntil:"load"}); await page.goBack({waitUntil:"load"}); await sleep(1500);
let t=await visibleText(page); console.log("after back: phrase shown",phrase.split(" ").every(w=>t.includes(w)),"| account:",await page.evaluate(()=>document.getElementById("account")?.value),"|",t.replace(/\n+/g," | ").slice(0,150));
await shown(page,"write"); await write(page,"#account","texto a medias"); await page.reload({waitUntil:"load"}); await shown(page,"write"); console.log("after reload account=",JSON.stringify(await page.evaluate(()=>document.getElementById("account").value)));
await page.goto(O+"/leer.html",{waitUntil:"load"}); await shown(page,"ask");
for(const [lab,ph] of [["upper no accents",phrase.toUpperCase().normalize("NFD").replace(/[\u0300-\u036f]/g,"")],["NFD",phrase.normalize("NFD")],["4 letters",phrase.split(" ").map(w=>[...w].slice(0,4).join("")).join("\n")],["commas dots nbsp",phrase.split(" ").join(",\u00a0 ")],["english typo",phrase.split(" ").slice(0,11).join(" ")+" zebra"],["eleven",phrase.split(" ").slice(0,11).join(" ")],["13",phrase+" perro"],["twice",phrase+" "+phrase],["3 letters",phrase.split(" ").map(w=>w.slice(0,3)).join(" ")],["zero width",phrase.split(" ").join("\u200b ")],["script","<script>alert(1)</script>"],["empty",""],["smart quotes","“"+phrase+"”"],["newline trail",phrase+".\n\n"],["ñ as n",phrase.replace(/ñ/g,"n")],["tabs",phrase.replace(/ /g,"\t")],["huge","perro ".repeat(20000)]]){
 await write(page,"#phrase",ph); await sleep(350); console.log("phrase",lab.padEnd(17),"mark:",await isShown(page,"typed"),"| wrong:",(await text(page,"#typed-wrong")).slice(0,140));
}
await write(page,"#phrase",phrase); await press(page,"#fetch"); await shown(page,"answers",60); console.log((await visibleText(page)).replace(/\n+/g," | ").slice(0,260));
await write(page,"#account","SENTENCIAPLANTADA mas tarde"); await press(page,"#send"); await shown(page,"sent",60); console.log("follow-up sent");
await page.goBack({waitUntil:"load"}).catch(e=>console.log("back",String(e).slice(0,80))); await page.goForward({waitUntil:"load"}).catch(()=>0); await sleep(1000); t=await visibleText(page); console.log("after back/forward phrase field:",await page.evaluate(()=>document.getElementById("phrase")?.value),"title",await page.title());
console.log("errors",errs);
} finally { await b.close(); server.kill("SIGTERM"); await sleep(1500); }
process.exit(0);
